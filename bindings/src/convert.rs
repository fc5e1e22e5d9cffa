//! From the core's types to those that Kotlin and Swift have.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use chuda_record::id::Hash;

/// Like `Into`, but also through `Option` and `Vec`.
pub(crate) trait To<T> {
    fn to(self) -> T;
}

impl<T, U: To<T>> To<Option<T>> for Option<U> {
    fn to(self) -> Option<T> {
        self.map(To::to)
    }
}

impl<T, U: To<T>> To<Vec<T>> for Vec<U> {
    fn to(self) -> Vec<T> {
        self.into_iter().map(To::to).collect()
    }
}

/// Types that cross as they are.
macro_rules! same {
    ($($name:ty),* $(,)?) => {$(
        impl $crate::convert::To<$name> for $name {
            fn to(self) -> $name {
                self
            }
        }
    )*};
}
pub(crate) use same;

same!((), String, bool, u8, i32, i64, f32, Hash);

impl To<String> for &'static str {
    fn to(self) -> String {
        self.into()
    }
}

impl To<SystemTime> for DateTime<Utc> {
    fn to(self) -> SystemTime {
        self.into()
    }
}

// Neither Kotlin nor Swift likes unsigned numbers; a count beyond the limit shows as the limit.
impl To<i32> for u8 {
    fn to(self) -> i32 {
        self.into()
    }
}

impl To<i32> for u32 {
    fn to(self) -> i32 {
        self.try_into().unwrap_or(i32::MAX)
    }
}

impl To<i64> for u64 {
    fn to(self) -> i64 {
        self.try_into().unwrap_or(i64::MAX)
    }
}

/// A record that mirrors one of the core's: the same fields by the same names, converted one by one.
///
/// A field that the core adds and this forgets does not compile.
macro_rules! mirror {
    ($($(#[$doc:meta])* $name:ident of $core:path { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, uniffi::Record)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::convert::To<$name> for $core {
            fn to(self) -> $name {
                let $core { $($field,)* } = self;
                $name { $($field: $crate::convert::To::to($field),)* }
            }
        }
    )*};
}
pub(crate) use mirror;
