//! The cipher of SQLCipher 4, AES-256-CBC with HMAC-SHA-512 and PBKDF2, from the crates of `RustCrypto`. OpenSSL would do the same with four
//! more megabytes in every app, and with handlers that clear it away at exit while a thread still uses it.
//!
//! `.cargo/config.toml` names `chuda_cipher` to SQLCipher, which calls it once, before anything is opened. On Apple's systems SQLCipher uses
//! theirs. A crate of its own, since code that works on every byte is optimised in every profile.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::{ptr, slice};

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha512;

const SQLITE_OK: c_int = 0;
const SQLITE_ERROR: c_int = 1;
const KEY: usize = 32;
const BLOCK: usize = 16;
const HMAC: usize = 64;
/// SQLCipher's number for SHA-512, for authentication and for deriving keys alike.
const SHA512: c_int = 2;
const ENCRYPT: c_int = 1;

type Context = *mut c_void;
type Bytes = *const u8;

/// `sqlcipher_provider`, field by field.
#[repr(C)]
struct Provider {
    init: Option<extern "C" fn() -> c_int>,
    shutdown: Option<extern "C" fn()>,
    name: extern "C" fn(Context) -> *const c_char,
    add_random: extern "C" fn(Context, *const c_void, c_int) -> c_int,
    random: unsafe extern "C" fn(Context, *mut c_void, c_int) -> c_int,
    hmac: unsafe extern "C" fn(Context, c_int, Bytes, c_int, Bytes, c_int, Bytes, c_int, *mut u8) -> c_int,
    kdf: unsafe extern "C" fn(Context, c_int, Bytes, c_int, Bytes, c_int, c_int, c_int, *mut u8) -> c_int,
    cipher: unsafe extern "C" fn(Context, c_int, Bytes, c_int, Bytes, Bytes, c_int, *mut u8) -> c_int,
    cipher_name: extern "C" fn(Context) -> *const c_char,
    key_size: extern "C" fn(Context) -> c_int,
    iv_size: extern "C" fn(Context) -> c_int,
    block_size: extern "C" fn(Context) -> c_int,
    hmac_size: extern "C" fn(Context, c_int) -> c_int,
    begin: extern "C" fn(*mut Context) -> c_int,
    end: extern "C" fn(*mut Context) -> c_int,
    fips: extern "C" fn(Context) -> c_int,
    version: extern "C" fn(Context) -> *const c_char,
    next: *mut Provider,
}

/// Fills in SQLCipher's provider.
///
/// # Safety
/// For SQLCipher alone to call: `provider` points to memory for a whole one.
#[unsafe(no_mangle)]
unsafe extern "C" fn chuda_cipher(provider: *mut Provider) -> c_int {
    let ours = Provider {
        init: None,
        shutdown: None,
        name,
        add_random,
        random,
        hmac,
        kdf,
        cipher,
        cipher_name,
        key_size,
        iv_size,
        block_size,
        hmac_size,
        begin: nothing,
        end: nothing,
        fips,
        version,
        next: ptr::null_mut(),
    };
    unsafe { provider.write(ours) };
    SQLITE_OK
}

extern "C" fn name(_: Context) -> *const c_char {
    c"rustcrypto".as_ptr()
}

extern "C" fn version(_: Context) -> *const c_char {
    c"1".as_ptr()
}

extern "C" fn cipher_name(_: Context) -> *const c_char {
    c"AES-256-CBC".as_ptr()
}

/// The system's own source needs none.
extern "C" fn add_random(_: Context, _: *const c_void, _: c_int) -> c_int {
    SQLITE_OK
}

extern "C" fn key_size(_: Context) -> c_int {
    KEY as c_int
}

extern "C" fn iv_size(_: Context) -> c_int {
    BLOCK as c_int
}

extern "C" fn block_size(_: Context) -> c_int {
    BLOCK as c_int
}

extern "C" fn hmac_size(_: Context, algorithm: c_int) -> c_int {
    if algorithm == SHA512 { HMAC as c_int } else { 0 }
}

/// There is nothing to keep between calls.
extern "C" fn nothing(_: *mut Context) -> c_int {
    SQLITE_OK
}

extern "C" fn fips(_: Context) -> c_int {
    0
}

unsafe extern "C" fn random(_: Context, out: *mut c_void, size: c_int) -> c_int {
    ended((|| getrandom::fill(unsafe { room(out.cast(), size) }?).ok())())
}

unsafe extern "C" fn hmac(
    _: Context,
    algorithm: c_int,
    key: Bytes,
    key_size: c_int,
    first: Bytes,
    first_size: c_int,
    second: Bytes,
    second_size: c_int,
    out: *mut u8,
) -> c_int {
    let code = || {
        let key = (algorithm == SHA512).then(|| unsafe { bytes(key, key_size) })??;
        let mut mac = Hmac::<Sha512>::new_from_slice(key).ok()?;
        mac.update(unsafe { bytes(first, first_size) }?);
        mac.update(unsafe { bytes(second, second_size) }.unwrap_or_default());
        unsafe { room(out, HMAC as c_int) }?.copy_from_slice(&mac.finalize().into_bytes());
        Some(())
    };
    ended(code())
}

unsafe extern "C" fn kdf(
    _: Context,
    algorithm: c_int,
    password: Bytes,
    password_size: c_int,
    salt: Bytes,
    salt_size: c_int,
    rounds: c_int,
    key_size: c_int,
    key: *mut u8,
) -> c_int {
    let derive = || {
        let rounds = (algorithm == SHA512).then(|| u32::try_from(rounds).ok())??;
        let (password, salt) = unsafe { (bytes(password, password_size)?, bytes(salt, salt_size)?) };
        pbkdf2::pbkdf2::<Hmac<Sha512>>(password, salt, rounds, unsafe { room(key, key_size) }?).ok()
    };
    ended(derive())
}

unsafe extern "C" fn cipher(
    _: Context,
    mode: c_int,
    key: Bytes,
    key_size: c_int,
    iv: Bytes,
    input: Bytes,
    size: c_int,
    out: *mut u8,
) -> c_int {
    let work = || {
        let (key, iv) = unsafe { (bytes(key, key_size)?, bytes(iv, BLOCK as c_int)?) };
        let length = unsafe { bytes(input, size) }?.len();
        // Both may be the same memory.
        unsafe { ptr::copy(input, out, length) };
        let out = unsafe { room(out, size) }?;
        if mode == ENCRYPT {
            cbc::Encryptor::<Aes256>::new_from_slices(key, iv).ok()?.encrypt_padded::<NoPadding>(out, length).ok()?;
        } else {
            cbc::Decryptor::<Aes256>::new_from_slices(key, iv).ok()?.decrypt_padded::<NoPadding>(out).ok()?;
        }
        Some(())
    };
    ended(work())
}

unsafe fn bytes<'a>(start: Bytes, size: c_int) -> Option<&'a [u8]> {
    let size = usize::try_from(size).ok()?;
    (!start.is_null()).then(|| unsafe { slice::from_raw_parts(start, size) })
}

unsafe fn room<'a>(start: *mut u8, size: c_int) -> Option<&'a mut [u8]> {
    let size = usize::try_from(size).ok()?;
    (!start.is_null()).then(|| unsafe { slice::from_raw_parts_mut(start, size) })
}

fn ended(result: Option<()>) -> c_int {
    if result.is_some() { SQLITE_OK } else { SQLITE_ERROR }
}
