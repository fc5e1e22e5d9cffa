# shellcheck shell=bash disable=SC2154 # root and cache are those of lib.sh
# The Android app without Android's tools: compiled against Google's libraries, its resources linked, run by Robolectric with the real core.
# Sourced by scripts/android. Everything fetched or made is in the cache; what did not change is not made again.

app_check() {
  app_make
  app_versions
  app_lint
  app_levels
  app_pages
  app_tests
}

# app_make: everything compiled.
app_make() {
  work=$cache/android
  catalog=$root/android/gradle/libs.versions.toml
  mkdir -p "$work"
  local missing=()
  have javac || missing+=(openjdk-17-jdk-headless)
  have mvn || missing+=(maven)
  have aapt2 || missing+=(aapt)
  have unzip || missing+=(unzip)
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
  need_to_build
  say "the library for this machine, its sources for Android"
  build
  app_bindings
  app_fetch
  app_resources
  app_compile
}

# version NAME: from the catalog.
version() {
  local found
  found=$(sed -n "/^\[versions\]/,/^\[libraries\]/s/^$1 = \"\(.*\)\"/\1/p" "$catalog")
  [ -n "$found" ] || die "no version of $1 in $catalog"
  echo "$found"
}

maven() { mvn -B -ntp -q -Dstyle.color=never "$@" 2>&1 | sed 's/\x1b\[[0-9;]*m//g'; }

# changed STAMP FILE-OR-FOLDER…: true, once, when the contents are others than when it was last asked and made.
changed() {
  local stamp=$1 now
  shift
  now=$(find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$now" ] || return 1
  stamp_text=$now
}

app_bindings() {
  local new=$work/new
  rm -rf "$new"
  (cd bindings && "$CARGO_TARGET_DIR/debug/uniffi-bindgen" generate "$CARGO_TARGET_DIR/debug/libchuda_ffi.so" \
    --language kotlin --config kotlin/android.toml --out-dir "$new" --no-format)
  mkdir -p "$work/bindings/chuda"
  sed -E -f bindings/kotlin/narrow.sed "$new/chuda/chuda.kt" >"$work/bindings/chuda/chuda.kt"
}

# app_fetch: libraries/ (Google's), tests/ (Robolectric), three Androids to compile against, link with and run on, a folder for each tool.
app_fetch() {
  local group artifact type version
  {
    while read -r group artifact type version; do
      [ "${group#\#}" = "$group" ] && dependency "$group" "$artifact" "$(version "$version")" "$type"
    done <android/check/libraries.txt
  } | collect libraries
  {
    dependency org.robolectric robolectric "$(version robolectric)" jar androidx.test androidx.annotation androidx.test.espresso
    dependency androidx.test monitor "$(version test-monitor)" aar '*'
    dependency junit junit "$(version junit4)" jar none
    dependency net.java.dev.jna jna "$(version jna)"
  } | collect tests
  dependency org.robolectric android-all "$(version android-all)" | collect sdk
  dependency org.robolectric android-all "$(version android-all-resources)" | collect resources-sdk
  dependency org.robolectric android-all-instrumented "$(version android-all-instrumented)" | collect robolectric-sdk
  { dependency org.jetbrains.kotlin kotlin-compiler-embeddable "$(version kotlin)" jar none
    dependency org.jetbrains.kotlin kotlin-compose-compiler-plugin-embeddable "$(version kotlin)"; } | collect kotlinc
  dependency com.pinterest.ktlint ktlint-cli "$(version ktlint)" jar none | collect ktlint
  dependency io.gitlab.arturbosch.detekt detekt-cli "$(version detekt)" jar none | collect detekt
  { dependency org.codehaus.mojo animal-sniffer "$(version animal-sniffer)" jar none
    dependency org.codehaus.mojo animal-sniffer-ant-tasks "$(version animal-sniffer)" jar none
    dependency org.apache.ant ant 1.10.15 jar none
    dependency com.toasttab.android gummy-bears-api-26 "$(version signature)" signature; } | collect sniffer
  # On this machine JNA needs the library of this machine.
  rm -f "$work"/libraries/jna-*.jar
}

# dependency GROUP ARTIFACT VERSION [TYPE [GROUP-LEFT-OUT…]]: as Maven writes it; alone unless "none" is left out.
dependency() {
  local group=$1 artifact=$2 version=$3 type=${4:-jar} out
  shift $(($# < 4 ? $# : 4))
  [ $# -gt 0 ] || set -- '*'
  printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version><type>%s</type><exclusions>' \
    "$group" "$artifact" "$version" "$type"
  for out in "$@"; do
    [ "$out" = none ] || printf '<exclusion><groupId>%s</groupId><artifactId>*</artifactId></exclusion>' "$out"
  done
  printf '</exclusions></dependency>\n'
}

# collect FOLDER: fetches the dependencies on standard input into it, if they are others than those that are there. Of an Android library
# its classes are put beside the jars, the rest into FOLDER-aar.
collect() {
  local folder=$work/$1 pom=$work/poms/$1.xml aar
  mkdir -p "$work/poms"
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>chuda</groupId><artifactId>collect</artifactId><version>1</version>'
    echo '<packaging>pom</packaging><dependencies>'
    cat
    echo '</dependencies></project>'
  } >"$pom.new"
  ! cmp -s "$pom" "$pom.new" || return 0
  say "fetching $1"
  rm -rf "$folder" "${folder}-aar"
  maven -f "$pom.new" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$folder"
  for aar in "$folder"/*.aar; do
    [ -f "$aar" ] || continue
    mkdir -p "$folder-aar/$(basename "$aar" .aar)"
    unzip -qo "$aar" -d "$folder-aar/$(basename "$aar" .aar)"
    cp "$folder-aar/$(basename "$aar" .aar)/classes.jar" "${aar%.aar}.jar"
    rm "$aar"
  done
  mv "$pom.new" "$pom"
}

jars() { find "$@" -name '*.jar' | sort | tr '\n' ':'; }

# Debian's aapt2 reads an older Android; R8 wants Java's own classes beside it, which these jars do not have.
resources_jar() { find "$work/resources-sdk" -name '*.jar'; }

android_jar() { find "$work/sdk" -name 'android-all-[0-9]*.jar'; }

# app_resources: links manifest and resources, those of the libraries too, and makes the R classes.
app_resources() {
  changed "$work/resources.stamp" android/app/src/main/res android/app/src/main/AndroidManifest.xml "$work/poms/libraries.xml" || return 0
  say "linking manifest and resources"
  local made=$work/resources name packages=() overlays=()
  rm -rf "$made"
  mkdir -p "$made/java" "$made/compiled" "$made/classes"
  for name in "$work"/libraries-aar/*; do
    packages+=("$(sed -n 's/.*package="\([^"]*\)".*/\1/p' "$name/AndroidManifest.xml")")
    [ -d "$name/res" ] && [ -n "$(find "$name/res" -type f)" ] || continue
    aapt2 compile --dir "$name/res" -o "$made/compiled/$(basename "$name").zip"
    overlays+=(-R "$made/compiled/$(basename "$name").zip")
  done
  aapt2 compile --dir android/app/src/main/res -o "$made/compiled/app.zip"
  # What Gradle does to the manifest: the package, the placeholder, the levels.
  sed -e 's/<manifest /<manifest package="chuda.app" /' -e "s/\${applicationId}/chuda.app/" android/app/src/main/AndroidManifest.xml \
    >"$made/AndroidManifest.xml"
  aapt2 link -o "$made/app.ap_" -I "$(resources_jar)" --manifest "$made/AndroidManifest.xml" --java "$made/java" --auto-add-overlay \
    --warn-manifest-validation --min-sdk-version 26 --target-sdk-version 35 --version-code 1 --version-name check \
    --extra-packages "$(IFS=:; echo "${packages[*]}")" "${overlays[@]}" -R "$made/compiled/app.zip"
  find "$made/java" -name '*.java' -print0 | xargs -0 javac -nowarn -d "$made/classes"
  echo "$stamp_text" >"$work/resources.stamp"
}

# compile NAME CLASSPATH OPTIONS… -- SOURCES…: into $work/out/NAME, if a source or anything before it changed.
compile() {
  local name=$1 path=$2 options=()
  shift 2
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  local before=()
  [ ! -f "$work/out/last" ] || before=("$work/out/last")
  changed "$work/out/$name.stamp" "$@" "${before[@]}" || return 0
  say "compiling $name"
  rm -rf "${work:?}/out/$name"
  java -Xmx1500m -cp "$(jars "$work/kotlinc")" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-stdlib -no-reflect -jvm-target 17 \
    -Xnullability-annotations=@android.annotation:ignore \
    -module-name "$name" "${options[@]}" -cp "$path" -d "$work/out/$name" "$@"
  echo "$stamp_text" >"$work/out/$name.stamp"
}

app_compile() {
  local libraries out=$work/out plugin
  libraries=$(jars "$work/libraries"):$(find "$work/tests" -name 'jna-*.jar'):$(android_jar)
  plugin=-Xplugin=$(find "$work/kotlinc" -name 'kotlin-compose-compiler-plugin-*.jar')
  mkdir -p "$out"
  rm -f "$out/last"
  compile bindings "$libraries" -nowarn -- "$work/bindings" bindings/kotlin/src/main/kotlin
  cp "$out/bindings.stamp" "$out/last"
  compile ui "$out/bindings:$libraries" "$plugin" -- android/ui/src/main/kotlin
  cat "$out/ui.stamp" "$work/resources.stamp" >>"$out/last"
  compile app "$out/ui:$out/bindings:$work/resources/classes:$libraries" "$plugin" -Werror -- android/app/src/main/kotlin
  cat "$out/app.stamp" >>"$out/last"
  compile tests "$out/app:$out/ui:$out/bindings:$work/resources/classes:$(jars "$work/tests"):$libraries" \
    "-Xfriend-paths=$out/app" -- android/app/src/test/kotlin
}

# app_versions: what Maven's files and the generator's repeat of the catalog is the same.
app_versions() {
  local name file found
  for name in kotlin coroutines jna; do
    for file in android/pom.xml bindings/kotlin/pom.xml bindings/kotlin/example/pom.xml core/phone/uniffi.toml; do
      found=$(sed -n -e "s|.*<$name.version>\(.*\)</$name.version>.*|\1|p" -e "s|^${name}_target_version = \"\(.*\)\"|\1|p" "$file")
      [ "${found:=$(version "$name")}" = "$(version "$name")" ] || die "$file has $name $found, $catalog has $(version "$name")"
    done
  done
}

app_lint() {
  say "style"
  java -cp "$(jars "$work/ktlint")" com.pinterest.ktlint.Main --relative 'android/**/*.kt' 'bindings/kotlin/**/*.kt'
  java -cp "$(jars "$work/detekt")" io.gitlab.arturbosch.detekt.cli.Main --build-upon-default-config --config android/check/detekt.yml \
    --input android/app/src/main/kotlin,android/ui/src/main/kotlin,bindings/kotlin/src/main/kotlin
}

# app_levels: nothing that an Android 8 does not have, but behind a check (@RequiresApi).
app_levels() {
  say "API level 26"
  java -cp "$(jars "$work/sniffer")" android/check/Levels.java "$(find "$work/sniffer" -name '*.signature')" \
    "$work/out/app" "$work/out/ui" "$work/out/bindings"
}

# app_shrink: R8 with the rules of the app and of its libraries, as a release is shrunk: some minutes. What JNA and the system look up by
# name keeps its name.
app_shrink() {
  app_make
  dependency com.android.tools r8 "$(version r8)" | collect r8
  say "shrinking"
  local rules=(--pg-conf android/app/proguard.pro --pg-conf bindings/kotlin/proguard.pro --pg-conf "$work/manifest.pro") file jar jars=() jdk
  rules+=(--pg-conf android/check/shrink.pro)
  jdk=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
  for file in "$work"/libraries-aar/*/proguard.txt; do rules+=(--pg-conf "$file"); done
  # What Gradle makes of the manifest.
  aapt2 link -o "$work/rules.ap_" -I "$(resources_jar)" --manifest "$work/resources/AndroidManifest.xml" \
    --warn-manifest-validation --auto-add-overlay --min-sdk-version 26 --proguard "$work/manifest.pro" \
    -R "$work/resources/compiled/app.zip" 2>/dev/null
  for jar in "$work"/libraries/*.jar "$work"/libraries-aar/jna-*/classes.jar; do jars+=("$jar"); done
  for file in app ui bindings; do
    (cd "$work/out/$file" && jar cf "$work/out/$file.jar" .)
    jars+=("$work/out/$file.jar")
  done
  (cd "$work/resources/classes" && jar cf "$work/out/resources.jar" .)
  java -Xmx2g -cp "$(jars "$work/r8")" com.android.tools.r8.R8 --release --min-api 26 --lib "$(resources_jar)" --lib "$jdk" "${rules[@]}" \
    --map-diagnostics warning none --map-diagnostics info none --pg-map-output "$work/mapping.txt" --output "$work/shrunk.zip" "${jars[@]}" "$work/out/resources.jar"
  local name
  for name in chuda.app.ChudaApp chuda.app.MainActivity chuda.app.SyncJob chuda.UniffiLib 'chuda.RustBuffer$ByValue' com.sun.jna.Native; do
    grep -qF "$name -> $name:" "$work/mapping.txt" || die "$name does not keep its name when the app is shrunk"
  done
  say "shrunk to $(($(stat -c %s "$work/shrunk.zip") / 1024)) KiB of code"
}

# app_pages: the check of the shipping build, on a library that is laid out for large pages and on one that is not.
app_pages() {
  say "pages of 16 KiB"
  scripts/check-pages "$work"/libraries-aar/jna-*/jni/arm64-v8a
  ! scripts/check-pages "$CARGO_TARGET_DIR/debug/libchuda_ffi.so" 2>/dev/null || die "check-pages lets everything pass"
}

app_tests() {
  say "tests"
  start_test_server
  local made=$work/resources config=$work/config out=$work/out tests
  mapfile -t tests < <(cd "$out/tests" && find . -name '*Test.class' | sed 's|^\./||; s|/|.|g; s|\.class$||' | sort)
  mkdir -p "$config/com/android/tools"
  printf 'android_merged_manifest=%s\nandroid_resource_apk=%s\nandroid_custom_package=chuda.app\n' \
    "$made/AndroidManifest.xml" "$made/app.ap_" >"$config/com/android/tools/test_config.properties"
  # Android itself comes last: Robolectric brings its own on top of it.
  # Android's own cleaner is Java's inner one.
  java -Xmx2g --add-exports java.base/jdk.internal.ref=ALL-UNNAMED --add-opens java.base/java.io=ALL-UNNAMED -Djna.library.path="$CARGO_TARGET_DIR/debug" -Dchuda.pictures="$work/pictures" -Dchuda.samples="$root/samples" \
    -Dchuda.server="$CARGO_TARGET_DIR/debug/chuda-server" -Dchuda.server.data="$server_data" \
    -Drobolectric.offline=true -Drobolectric.dependency.dir="$work/robolectric-sdk" \
    -cp "$config:android/app/src/test/resources:$out/tests:$out/app:$out/ui:$out/bindings:$made/classes:$(jars "$work/tests"):$(jars "$work/libraries"):$(android_jar)" \
    org.junit.runner.JUnitCore "${tests[@]}"
}
