-- Whose devices have sent all bytes of a blob: only their evidence stands for it. Knowing a hash is no right to what it names.
CREATE TABLE blob_senders (
    sha256 BLOB NOT NULL,
    person BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (sha256, person)
) STRICT, WITHOUT ROWID;

-- Who was logged as having sent them, and whose evidence the server has said it has them of: who named bytes that somebody else had
-- sent was not asked for them, and may have let go of them since.
INSERT INTO blob_senders (sha256, person, at)
SELECT object, person, min(at) FROM audit
WHERE verb = 'uploaded' AND about = 'blob' AND person IS NOT NULL GROUP BY object, person;
INSERT INTO blob_senders (sha256, person, at)
SELECT d.blob, d.author, min(json_extract(d.fields, '$.stored_at')) FROM documents d JOIN blobs b ON b.sha256 = d.blob
WHERE d.author IS NOT NULL AND json_extract(d.fields, '$.stored_at') IS NOT NULL AND json_extract(d.fields, '$.size') = b.size
GROUP BY d.blob, d.author
ON CONFLICT DO NOTHING;
