//! The library that Kotlin and Swift load: what `chuda_phone::ffi` exports, and nothing of its own.

chuda_phone::uniffi_reexport_scaffolding!();
