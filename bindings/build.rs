//! How Android's linker lays the library out: for pages of 16 KiB, since newer phones load nothing else, and small, with relocations packed
//! and equal functions folded.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "android") {
        for option in ["-z,max-page-size=16384", "--pack-dyn-relocs=android", "--icf=all"] {
            println!("cargo:rustc-link-arg-cdylib=-Wl,{option}");
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
}
