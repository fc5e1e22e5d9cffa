//! The bytes of evidence: taken in pieces, put together and checked by their hash, kept under it.
//!
//! Which bytes have arrived is in the database, the bytes themselves in the blob store: any server process can go on with an upload.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::audit::About;
use chuda_evidence::{Mime, sniff};
use chuda_record::id::{Hash, PersonId, RecordId};
use chuda_record::{Error, ErrorKind, Result};
use chuda_words::keys;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetResult, GetResultPayload, ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use sha2::{Digest as _, Sha256};

use crate::audit::{self, Act, By, Verb};
use crate::reactions;
use crate::store::{BlobRow, Flaw, Store, Tx, UploadRow};

/// Where pieces are kept.
const PIECES: &str = "pieces";
/// Most pieces that are removed at a time.
const MAX_LOST: usize = 10_000;
/// Most bytes of a blob that is checked as a whole before the first of them is given away.
const MAX_AT_ONCE: u64 = 4 * 1024 * 1024;
/// How long an upload waits to be gone on with.
const UPLOAD_LIFETIME: TimeDelta = TimeDelta::days(7);

/// Where blobs and the pieces of unfinished ones are kept.
pub(crate) struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Opens the store: a folder or a `file:` URL; `default` if none is named.
    pub(crate) fn open(location: Option<&str>, default: &Path) -> Result<Self> {
        let folder = match location {
            None => default,
            Some(location) => match location.strip_prefix("file://") {
                Some(path) => Path::new(path),
                None if location.contains("://") => return Err(Error::invalid(keys::BLOBS_UNSUPPORTED)),
                None => Path::new(location),
            },
        };
        // A blob is echoed to the phone, which may then delete its copy: it has to be on the disk.
        Self::in_folder(folder, true)
    }

    /// Opens a folder whose blobs need not be on the disk when they are echoed. Only for what is made anew should the machine die.
    pub(crate) fn open_unsynced(folder: &Path) -> Result<Self> {
        Self::in_folder(folder, false)
    }

    fn in_folder(folder: &Path, synced: bool) -> Result<Self> {
        chuda_sqlite::private::folder(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| fault(&error))?.with_fsync(synced);
        Ok(Self(Arc::new(store)))
    }

    /// Whether the store answers.
    pub(crate) async fn check(&self) -> Result<()> {
        self.0.list(Some(&Key::from("blobs"))).take(1).try_collect::<Vec<_>>().await.map(drop).map_err(|error| fault(&error))
    }

    /// Puts bytes that are at hand under their hash; putting them there again changes nothing.
    pub(crate) async fn put(&self, sha256: Hash, bytes: Vec<u8>) -> Result<()> {
        self.0.put(&blob_key(sha256), PutPayload::from(bytes)).await.map(drop).map_err(|error| fault(&error))
    }

    /// A blob, to be read. What is found not to be as it was, here or while it is read, is noted, and ends the reading with an error.
    pub(crate) async fn open_blob(&self, store: &Store, blob: BlobRow, now: DateTime<Utc>) -> Result<Option<Content>> {
        if blob.size <= MAX_AT_ONCE {
            let Some(bytes) = self.bytes(store, blob, now).await? else { return Ok(None) };
            let mime = sniff::sniff(&mut Cursor::new(&bytes)).unwrap_or(Mime::Unknown);
            return Ok(Some(Content { mime, bytes: stream::once(async { Ok(bytes) }).boxed() }));
        }
        let found = match self.find(&blob).await? {
            Ok(found) => found,
            Err(flaw) => return note_found(store, blob, Some(flaw), now).await.map(|()| None),
        };
        let (mime, store) = (sniff(&found).await?, store.clone());
        let bytes = checked(found, blob.sha256).or_else(move |flaw| {
            let store = store.clone();
            async move { Err(lost(note_found(&store, blob, Some(flaw), now).await)) }
        });
        Ok(Some(Content { mime, bytes: bytes.boxed() }))
    }

    /// The bytes of a blob, checked; none when they are not what they were, which is noted.
    pub(crate) async fn bytes(&self, store: &Store, blob: BlobRow, now: DateTime<Utc>) -> Result<Option<Bytes>> {
        let read = match self.find(&blob).await? {
            Ok(found) => checked(found, blob.sha256).try_fold(Vec::new(), gather).await,
            Err(flaw) => Err(flaw),
        };
        match read {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(flaw) => note_found(store, blob, Some(flaw), now).await.map(|()| None),
        }
    }

    /// Reads a blob through and says what is wrong with it.
    pub(crate) async fn look_through(&self, blob: &BlobRow) -> Result<Option<Flaw>> {
        let read = match self.find(blob).await? {
            Ok(found) => checked(found, blob.sha256).try_for_each(|_| async { Ok(()) }).await,
            Err(flaw) => Err(flaw),
        };
        Ok(read.err())
    }

    async fn find(&self, blob: &BlobRow) -> Result<Result<GetResult, Flaw>> {
        Ok(match self.get(&blob_key(blob.sha256)).await? {
            None => Err(Flaw::Missing),
            Some(found) if found.meta.size != blob.size => Err(Flaw::Damaged),
            Some(found) => Ok(found),
        })
    }

    /// Adds a piece to an upload. `false`: another request was faster at the same place, and its piece stays.
    pub(crate) async fn append(&self, store: &Store, upload: &mut UploadRow, piece: Vec<u8>, now: DateTime<Utc>) -> Result<bool> {
        let (id, start, length) = (upload.id, upload.received, piece.len() as u64);
        // Two requests at the same offset write two pieces; the database takes one of them.
        let name = format!("{PIECES}/{id}/{start:012}-{}", hex::encode(crate::random::bytes::<8>()?));
        self.0.put(&Key::from(name.clone()), PutPayload::from(piece)).await.map_err(|error| fault(&error))?;
        let kept = name.clone();
        if store.write_async(move |tx| tx.add_piece(id, start, length, &kept, now)).await? {
            upload.received += length;
            return Ok(true);
        }
        let _ = self.0.delete(&Key::from(name)).await;
        Ok(false)
    }

    /// Removes what is left of uploads that nobody goes on with, and pieces that no upload knows: the process ended between the two.
    pub(crate) async fn tidy(&self, store: &Store, now: DateTime<Utc>) -> Result<()> {
        let before = now - UPLOAD_LIFETIME;
        for upload in store.read_async(move |tx| tx.stale_uploads(before.timestamp_millis())).await? {
            self.forget(store, upload).await?;
        }
        let mut lost = Vec::new();
        let mut pieces = self.0.list(Some(&Key::from(PIECES)));
        while let Some(piece) = pieces.try_next().await.map_err(|error| fault(&error))? {
            let name = piece.location.to_string();
            let upload = name.split('/').nth(1).and_then(|id| id.parse::<RecordId>().ok());
            if piece.last_modified >= before || lost.len() == MAX_LOST {
                continue;
            }
            let known = match upload {
                Some(upload) => store.read_async(move |tx| tx.pieces(upload)).await?.contains(&name),
                None => false,
            };
            if !known {
                lost.push(name);
            }
        }
        self.remove(lost).await
    }

    /// Puts the pieces of an upload together under their hash. `false`: the hash is another one, and the upload is gone. Two may do so at
    /// once, and one that was interrupted can be done again.
    pub(crate) async fn finish(&self, store: &Store, upload: &UploadRow, by: &By, now: DateTime<Utc>) -> Result<bool> {
        let UploadRow { id, person, sha256, length, .. } = *upload;
        let names = store.read_async(move |tx| tx.pieces(id)).await?;
        let target = blob_key(sha256);
        let mut writer = WriteMultipart::new(self.0.put_multipart(&target).await.map_err(|error| fault(&error))?);
        let mut hasher = Sha256::new();
        for name in names {
            // Lost with the machine's power, say: the upload has to start again.
            let Some(piece) = self.get(&Key::from(name)).await? else { break };
            let mut stream = piece.into_stream();
            while let Some(bytes) = stream.try_next().await.map_err(|error| fault(&error))? {
                hasher.update(&bytes);
                writer.wait_for_capacity(2).await.map_err(|error| fault(&error))?;
                writer.put(bytes);
            }
        }
        if Hash(hasher.finalize().into()) != sha256 {
            writer.abort().await.map_err(|error| fault(&error))?;
            // Whoever was faster has taken the pieces away.
            if store.read_async(move |tx| tx.has_sent(person, sha256, length)).await? {
                return Ok(true);
            }
            self.forget(store, id).await?;
            tracing::warn!(upload = %id, "blob does not have its hash");
            return Ok(false);
        }
        writer.finish().await.map_err(|error| fault(&error))?;
        let by = by.clone();
        let names = store.write_async(move |tx| {
            if !tx.has_sent(person, sha256, length)? {
                arrived(tx, (person, sha256, length), &by, now)?;
            }
            tx.complete_upload(id)
        });
        self.remove(names.await?).await?;
        tracing::info!(upload = %id, length, "blob complete");
        Ok(true)
    }

    /// Keeps bytes of a person's that are at hand as a whole.
    pub(crate) async fn keep(&self, store: &Store, person: PersonId, bytes: Vec<u8>, by: &By, now: DateTime<Utc>) -> Result<Hash> {
        let (sha256, length) = (Hash::of(&bytes), bytes.len() as u64);
        self.put(sha256, bytes).await?;
        store.write(|tx| arrived(tx, (person, sha256, length), by, now))?;
        Ok(sha256)
    }

    /// Gives an upload up, with what has arrived of it.
    pub(crate) async fn forget(&self, store: &Store, upload: RecordId) -> Result<()> {
        // First out of the database, so that nothing refers to a piece that is gone.
        let names = store.write_async(move |tx| tx.remove_upload(upload)).await?;
        self.remove(names).await
    }

    async fn get(&self, key: &Key) -> Result<Option<GetResult>> {
        match self.0.get(key).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    /// Removes a blob; it is no error when it is gone already.
    pub(crate) async fn erase(&self, sha256: Hash) -> Result<()> {
        self.remove(vec![blob_key(sha256).into()]).await
    }

    /// Removes pieces that no upload knows any more.
    pub(crate) async fn remove(&self, pieces: Vec<String>) -> Result<()> {
        for name in pieces {
            match self.0.delete(&Key::from(name)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(fault(&error)),
            }
        }
        Ok(())
    }
}

/// What an opened blob is by its bytes alone, and these.
pub(crate) struct Content {
    pub(crate) mime: Mime,
    pub(crate) bytes: BoxStream<'static, Result<Bytes>>,
}

/// Notes how a blob was found. What is not as it was stands for nothing, and its senders' phones are asked for it.
pub(crate) fn note(tx: &Tx<'_>, blob: &BlobRow, flaw: Option<Flaw>, now: DateTime<Utc>) -> Result<()> {
    if flaw == blob.flaw || !tx.set_flaw(blob, flaw)? {
        return Ok(());
    }
    if let Some(flaw) = flaw {
        tracing::error!(sha256 = %blob.sha256, ?flaw, "the bytes of a blob are not what they were");
    } else {
        tracing::info!(sha256 = %blob.sha256, "the bytes of a blob are what they were again");
    }
    let mut ingest = reactions::begin(tx, now)?;
    reactions::blob_changed(&mut ingest, blob.sha256)?;
    ingest.finish()
}

async fn note_found(store: &Store, blob: BlobRow, flaw: Option<Flaw>, now: DateTime<Utc>) -> Result<()> {
    store.write_async(move |tx| note(tx, &blob, flaw, now)).await
}

fn lost(noted: Result<()>) -> Error {
    noted.err().unwrap_or_else(|| Error::new(ErrorKind::Storage, keys::BLOB_DAMAGED))
}

/// The bytes of a blob. Of one that is not what it was the last ones don't come.
fn checked(found: GetResult, sha256: Hash) -> impl futures::Stream<Item = Result<Bytes, Flaw>> + Send + 'static {
    let start = (found.into_stream().fuse(), Sha256::new(), None::<Bytes>);
    stream::try_unfold(start, move |(mut stream, mut hasher, mut held)| async move {
        loop {
            // One that opens and can't be read has a bad sector, say.
            match stream.try_next().await.map_err(|_| Flaw::Damaged)? {
                Some(bytes) => {
                    hasher.update(&bytes);
                    if let Some(before) = held.replace(bytes) {
                        return Ok(Some((before, (stream, hasher, held))));
                    }
                }
                None if Hash(hasher.clone().finalize().into()) != sha256 => return Err(Flaw::Damaged),
                None => return Ok(held.take().map(|last| (last, (stream, hasher, None)))),
            }
        }
    })
}

async fn gather(mut bytes: Vec<u8>, more: Bytes) -> Result<Vec<u8>, Flaw> {
    bytes.extend_from_slice(&more);
    Ok(bytes)
}

/// What kind of file an opened blob is, by its bytes alone.
fn sniff(blob: &GetResult) -> impl Future<Output = Result<Mime>> + use<> {
    let file = match &blob.payload {
        GetResultPayload::File(file, _) => Some(file.try_clone()),
        GetResultPayload::Stream(_) => None,
    };
    async move {
        let Some(mut file) = file.transpose()? else { return Ok(Mime::Unknown) };
        let looked = tokio::task::spawn_blocking(move || sniff::sniff(&mut file)).await;
        Ok(looked.map_err(|error| Error::internal("task.failed", error))?.unwrap_or(Mime::Unknown))
    }
}

/// Notes that a person's device has sent a blob, and that it has been checked.
fn arrived(tx: &Tx<'_>, (person, sha256, length): (PersonId, Hash, u64), by: &By, now: DateTime<Utc>) -> Result<()> {
    tx.add_blob(sha256, length, now)?;
    tx.add_sender(sha256, person, now)?;
    audit::log(tx, now, by, Act::new(Verb::Uploaded).about(About::Blob(sha256)))?;
    // Until then phones show 附件上传中.
    let mut ingest = reactions::begin(tx, now)?;
    reactions::blob_changed(&mut ingest, sha256)?;
    ingest.finish()
}

fn blob_key(sha256: Hash) -> Key {
    let name = sha256.to_string();
    Key::from(format!("blobs/{}/{name}", &name[..2]))
}

fn fault(error: &object_store::Error) -> Error {
    tracing::error!(%error, "blob store refused");
    Error::new(ErrorKind::Storage, keys::BLOBS_FAILED)
}
