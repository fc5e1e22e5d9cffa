# shellcheck shell=bash
# What the scripts beside this file share: sourced, never run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${CHUDA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/chuda}
# shellcheck disable=SC2034 # for the scripts that source this
models=$cache/models
# The whole workspace with one set of features, so that no dependency is built twice.
# shellcheck disable=SC2034
whole=(--workspace --locked --features chuda-ffi/bindgen)
min_rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export CARGO_TERM_PROGRESS_WHEN=never
mkdir -p "$cache"
cd "$root"

# say TEXT…: one progress line with the seconds since the script began.
say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

# die TEXT…: the reason on standard error, and out.
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

have() { command -v "$1" >/dev/null 2>&1; }

# need_to_build, need_to_fetch: all it takes is there afterwards, or the script has said what to install and ended.
need_to_build() {
  local missing=()
  { have cc && have c++ && have make; } || missing+=(build-essential)
  have cmake || missing+=(cmake)
  have git || missing+=(git)
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
  need_to_fetch
  need_rust
}

need_to_fetch() {
  local missing=()
  have curl || missing+=(curl ca-certificates)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

# apt_install PACKAGE…: Debian's and Ubuntu's packages, with root or sudo; elsewhere it says what is missing.
apt_install() {
  local as=()
  [ "$(id -u)" -eq 0 ] || as=(sudo)
  if ! have apt-get || { [ ${#as[@]} -gt 0 ] && ! have sudo; }; then
    die "please install these first (Debian's names): $*"
  fi
  say "installing $*"
  "${as[@]}" apt-get update -qq
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null \
    || die "could not install: $*"
}

# need_rust: cargo, new enough. Debian's own is taken where there is none and it will do.
need_rust() {
  local pair
  if ! have cargo; then
    for pair in "rustc cargo" "rustc-web cargo-web"; do
      # shellcheck disable=SC2086 # two words on purpose
      if have apt-cache && at_least "$min_rust" "$(apt-cache policy ${pair%% *} 2>/dev/null | sed -n 's/ *Candidate: //p')"; then
        # shellcheck disable=SC2086
        apt_install $pair
        break
      fi
    done
  fi
  have cargo || die "Rust $min_rust or newer is missing: install rustup (https://rustup.rs), then run this again"
  at_least "$min_rust" "$(cargo --version | cut -d' ' -f2)" \
    || die "Rust $min_rust or newer is needed, this is $(cargo --version): run 'rustup update stable'"
}

# at_least WANTED VERSION: true if VERSION is WANTED or later.
at_least() { [ -n "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# python_tools PACKAGE…: into one virtual environment in the cache; its programs are in $cache/python/bin.
python_tools() {
  [ -x "$cache/python/bin/pip" ] || python3 -m venv "$cache/python"
  "$cache/python/bin/pip" install --quiet --disable-pip-version-check "$@"
}

# build CARGO-OPTIONS…: cargo build over the whole workspace; instead of hundreds of lines one every ten seconds, and errors as they are.
build() {
  cargo build "${whole[@]}" "$@" 2>&1 | {
    local line crates=0 shown=$SECONDS
    while IFS= read -r line; do
      case $line in
        *" Compiling "*)
          crates=$((crates + 1))
          if [ $((SECONDS - shown)) -ge 10 ]; then
            shown=$SECONDS
            line=${line##*Compiling }
            say "compiled $crates crates, now ${line%% *}"
          fi
          ;;
        *" Finished "* | *" Downloading "* | *" Downloaded "* | *" Updating "* | *" Locking "*) ;;
        *) printf '%s\n' "$line" >&2 ;;
      esac
    done
  }
}

# serve DATA PORT LOG SECONDS: starts a server and waits that long for its answer; its process is $server.
serve() {
  "$CARGO_TARGET_DIR/debug/chuda-server" serve --data "$1" --listen "127.0.0.1:$2" >>"$3" 2>&1 &
  server=$!
  local tries=0
  until curl --silent --fail --output /dev/null "http://127.0.0.1:$2/healthz"; do
    kill -0 "$server" 2>/dev/null || die "the server ended: $(tail -n 5 "$3")"
    tries=$((tries + 1))
    [ "$tries" -lt $(($4 * 10)) ] || die "the server did not answer within $4 s: $(tail -n 5 "$3")"
    sleep 0.1
  done
}

stop_serving() {
  [ -n "${server:-}" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || true
  server=
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_test_server: a server with one rep, until the script ends. The tests find it through CHUDA_TEST_SERVER and CHUDA_TEST_CODE.
start_test_server() {
  local port
  server_data=$(mktemp -d "${TMPDIR:-/tmp}/chuda-test.XXXXXX")
  trap stop_test_server EXIT
  CHUDA_TEST_CODE=$("$CARGO_TARGET_DIR/debug/chuda-server" admin person add 李强 --role rep --data "$server_data" --json \
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["code"])')
  port=$(free_port)
  CHUDA_TEST_SERVER=http://127.0.0.1:$port
  export CHUDA_TEST_SERVER CHUDA_TEST_CODE
  serve "$server_data" "$port" "$server_data/log" 30
}

stop_test_server() {
  stop_serving
  rm -rf "$server_data"
}

# stage_swift FOLDER: the built library, the server and the samples, for Swift, which may see no other folder than that one. The models too,
# where CHUDA_MODELS is set, which then names them there.
stage_swift() {
  mkdir -p "$1/lib" "$1/samples"
  find "$CARGO_TARGET_DIR/debug" -maxdepth 1 \( -name 'libchuda_ffi.so' -o -name 'libchuda_ffi.dylib' -o -name chuda-server \) -exec cp -u {} "$1/lib/" \;
  cp -u samples/* "$1/samples/"
  cp -Ru tests/stories "$1/"
  export CHUDA_SAMPLES=$1/samples CHUDA_STORIES=$1/stories CHUDA_TEST_PROGRAM=$1/lib/chuda-server
  [ -n "${CHUDA_MODELS:-}" ] || return 0
  mkdir -p "$1/models"
  cp -Ru "$CHUDA_MODELS/." "$1/models/"
  export CHUDA_MODELS=$1/models
}

# run_swift FOLDER COMMAND OPTIONS…: Swift's build commands with the staged library.
run_swift() {
  local folder=$1 command=$2
  shift 2
  (cd "$folder" && "$CHUDA_SWIFT" "$folder" "$command" -Xlinker "-L$folder/lib" -Xlinker -rpath -Xlinker "$folder/lib" \
    -Xlinker --allow-shlib-undefined "$@")
}
