-- What the console shows of a simulator's people.

-- name: contacts_of_phones
-- The contacts behind phones (digits) or, where a contact has none, behind user ids of the channel.
SELECT DISTINCT ON (r.phone) r.phone, c.id, c.name
FROM unnest(:phones::text[], :bsuids::text[]) AS r (phone, bsuid)
LEFT JOIN addresses a ON a.workspace_id = :workspace_id AND a.channel = 'whatsapp'
    AND a.kind = 'bsuid' AND a.value = r.bsuid
JOIN contacts c ON c.workspace_id = :workspace_id
    AND (c.phone = '+' || r.phone OR c.id = a.contact_id)
ORDER BY r.phone, c.id;
