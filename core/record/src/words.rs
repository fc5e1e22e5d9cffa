//! Enumerations of words.

/// An enumeration each member of which has a word, by which it is stored and sent.
#[macro_export]
macro_rules! words {
    ($(#[$of_all:meta])* pub enum $name:ident { $($(#[$of_one:meta])* $member:ident = $word:literal,)* }) => {
        $(#[$of_all])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$of_one])* #[serde(rename = $word)] $member,)*
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$member),*];

            /// The word that is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)*
                }
            }

            /// From the stored word.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_str() == text)
            }
        }
    };
}
