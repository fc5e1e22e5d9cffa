//! From a recording to a draft: decode, voice activity, whisper, understanding.
