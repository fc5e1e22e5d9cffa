# shellcheck shell=bash disable=SC2154 # root and cache are those of lib.sh
# The shared screens on this machine: compiled, driven over the real core and a real server, and compared with agreed pictures.
# Sourced by scripts/android. Everything made is in the cache; Maven's own cache is enough when there is no network.

# ui_test compare|rewrite: with rewrite the pictures become those that are agreed on; look at them before they are committed.
ui_test() {
  ui_prepare
  local found
  if [ -z "${CHUDA_MODELS:-}" ] && found=$(scripts/fetch-model); then export CHUDA_MODELS=$found; fi
  [ -n "${CHUDA_MODELS:-}" ] || echo "SKIPPED: the day by voice (no speech model)"
  say "the screens: $([ "$1" = compare ] && echo tests || echo new pictures)"
  # The tests of the bindings have a script of their own.
  CHUDA_SAMPLES=$root/samples CHUDA_SERVER=$CARGO_TARGET_DIR/debug/chuda-server \
    ui_maven test -Dtest='chuda/desktop/*Test' -Dsurefire.failIfNoSpecifiedTests=false -Dchuda.golden="$1"
}

# ui_window [FOLDER [INVITATION]]: the app in a window of a phone's size.
ui_window() {
  local folder=${1:-$cache/window}
  if ! ui_display; then
    echo "there is no display for a window; the screens as pictures: android/desktop/src/test/golden"
    return 0
  fi
  ui_prepare
  ui_compile
  say "the window; its data are in $folder"
  ui_java chuda.desktop.MainKt "$folder" "${2:-}"
}

# ui_start: how long a cold start takes, as JSON: of three, the one in the middle.
ui_start() {
  local folder
  { ui_prepare; ui_compile; } >&2
  folder=$(mktemp -d "${TMPDIR:-/tmp}/chuda-start.XXXXXX")
  ui_java chuda.desktop.StartKt "$folder" >&2
  for _ in 1 2 3; do ui_java chuda.desktop.StartKt "$folder"; done | sort | sed -n 2p
  rm -r "$folder"
}

ui_compile() { ui_maven compile dependency:build-classpath -Dmdep.outputFile="$cache/android/window.classpath"; }

ui_java() {
  local options=()
  ui_display || options=(-Djava.awt.headless=true -Dskiko.renderApi=SOFTWARE)
  java "${options[@]}" -Djna.library.path="$CARGO_TARGET_DIR/debug" \
    -cp "$(cat "$cache/android/window.classpath"):$cache/android/build/desktop/classes" "$@"
}

ui_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; }

# ui_prepare: the library, its Kotlin, a compiler and a font that has every character.
ui_prepare() {
  local missing=()
  have javac || missing+=(openjdk-17-jdk-headless)
  have mvn || missing+=(maven)
  if ! have fc-list || ! fc-list | grep -q "Noto Sans CJK SC"; then missing+=(fontconfig fonts-noto-cjk); fi
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
  scripts/bindings kotlin sources
}

ui_maven() {
  # What follows from a change in another module, or in another checkout, Maven does not see.
  rm -rf "$cache/android/build" "$cache/bindings/kotlin/build"
  mvn -B -ntp -q -Dstyle.color=never -f android/pom.xml -pl desktop -am -Dkotlin.compiler.daemon=false \
    -Dchuda.android.build="$cache/android/build" -Dchuda.build="$cache/bindings/kotlin/build" \
    -Dchuda.generated="$cache/bindings/kotlin/generated" -Dchuda.native="$CARGO_TARGET_DIR/debug" "$@"
}
