//! Photo, document, voice: bytes in, evidence claim out.
