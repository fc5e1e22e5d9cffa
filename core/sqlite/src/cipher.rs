//! What SQLCipher encrypts with. It is called from C, so that nothing here names it.

use chuda_cipher as _;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chuda_record::Result;

    use crate::{Access, Settings, Sql};

    /// A database with one word in it, made with SQLCipher 4.20 over OpenSSL 3.
    const OPENSSL: &[u8] = include_bytes!("golden/openssl.db");

    fn open(bytes: &[u8], key: [u8; 32]) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.db");
        std::fs::write(&path, bytes).unwrap();
        let settings =
            Settings { key: Some(key), patience: Duration::from_secs(5), idle_readers: 0, cache_kib: None, stable_plans: false };
        let connection = settings.connect(&path, Access::Write)?;
        let sql = Sql::new(&connection);
        sql.run("INSERT INTO word VALUES ('again')", [])?;
        sql.value("SELECT group_concat(text) FROM word", [], |row| row.get(0))
    }

    #[test]
    fn what_openssl_encrypted_is_read_and_written() {
        assert_eq!(open(OPENSSL, [7; 32]).unwrap(), "触达,again");
        assert!(open(OPENSSL, [8; 32]).is_err(), "another key");
        for at in (0..OPENSSL.len()).step_by(509) {
            let mut bytes = OPENSSL.to_vec();
            bytes[at] ^= 1;
            assert!(open(&bytes, [7; 32]).is_err(), "byte {at} was changed");
        }
    }
}
