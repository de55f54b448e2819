-- What whoever is woken at night looks at first: which workers live, and why jobs failed.

CREATE TABLE workers (
    -- The name in its leases: host, process, and a word of its own.
    owner text PRIMARY KEY,
    version text NOT NULL,
    started_at timestamptz NOT NULL,
    -- By the database's own clock, like the leases.
    seen_at timestamptz NOT NULL
);

-- The last error of a job; the job queue itself keeps none.
CREATE TABLE job_errors (
    job_id bigint PRIMARY KEY,
    error text NOT NULL,
    failed_at timestamptz NOT NULL
);
