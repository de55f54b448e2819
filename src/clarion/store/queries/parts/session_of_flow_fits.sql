-- The same with the flow, one of its versions, and any status.
  AND (:flow_id::bigint IS NULL OR s.flow_id = :flow_id)
  AND (:version_number::integer IS NULL OR s.flow_version_id IN (
        SELECT v.id FROM flow_versions v
        WHERE v.flow_id = :flow_id AND v.number = :version_number))
  AND (:status::text IS NULL OR s.status = :status)
