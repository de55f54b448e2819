-- What a flow reads of a contact `c` besides its columns: its groups' names and its consents.
(SELECT array_agg(g.name ORDER BY g.id) FROM group_members gm JOIN groups g ON g.id = gm.group_id
     WHERE gm.contact_id = c.id) AS group_names,
    (SELECT jsonb_object_agg(kk.channel, kk.state) FROM consents kk WHERE kk.contact_id = c.id)
        AS consents
