// chuda:chuda-android: the core for every kind of Android phone, with its Kotlin. Part of the build in android/; on the JVM it is pom.xml.
plugins {
    alias(libs.plugins.android.library)
    `maven-publish`
}

group = "chuda"
version = "0.1.0"

val root: File = rootDir.parentFile
val natives = layout.buildDirectory.dir("natives")
val generated = layout.buildDirectory.dir("generated/chuda")

/**
 * The processors, by Android's names. x86_64 is for emulators and some tablets; phones of 32 bits are too slow for the speech model, and
 * whisper's bindings are made for 64.
 */
val abis = listOf("arm64-v8a", "x86_64")

android {
    namespace = "chuda"
    compileSdk = 36
    ndkVersion = "29.0.14206865"
    defaultConfig {
        minSdk = 26
        consumerProguardFiles("proguard.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    publishing { singleVariant("release") { withSourcesJar() } }
}

dependencies {
    api(libs.coroutines.core)
    implementation(libs.annotation)
    // The AAR brings JNA's own library for each processor.
    implementation(libs.jna) { artifact { type = "aar" } }
}

/** cargo-ndk builds for all processors at once and lays them out as Android wants them, with the C++ library that whisper needs. */
abstract class CargoNdk @Inject constructor(private val commands: ExecOperations) : DefaultTask() {
    @get:Internal abstract val checkout: DirectoryProperty
    @get:Input abstract val processors: ListProperty<String>
    @get:InputFiles abstract val sources: ConfigurableFileCollection
    @get:OutputDirectory abstract val libraries: DirectoryProperty

    @TaskAction
    fun build() {
        val targets = processors.get().flatMap { listOf("--target", it) }
        commands.exec {
            workingDir(checkout)
            // The level is minSdk's.
            commandLine(
                listOf("cargo", "ndk", "--platform", "26", "--link-libcxx-shared", "--output-dir", libraries.get().asFile.path) + targets +
                    listOf("build", "--profile", "phone", "--locked", "--package", "chuda-ffi"),
            )
        }
    }
}

val cargoNdk by tasks.registering(CargoNdk::class) {
    group = "build"
    description = "Builds the core for every processor."
    checkout = root
    processors = abis
    sources.from(fileTree(root) { include("core/**", "bindings/src/**", "Cargo.toml", "Cargo.lock", "*/Cargo.toml", "bindings/build.rs") })
    libraries = natives
}

/** Each library must be laid out for pages of 16 KiB. */
val checkPages by tasks.registering(Exec::class) {
    dependsOn(cargoNdk)
    commandLine("python3", "$root/scripts/check-pages", natives.get().asFile.path)
}

/** The generator reads the library's own description, which is the same for all processors, and is built for this machine. */
abstract class Generate @Inject constructor(private val commands: ExecOperations) : DefaultTask() {
    @get:Internal abstract val checkout: DirectoryProperty
    @get:InputDirectory abstract val libraries: DirectoryProperty
    @get:InputFile abstract val narrow: RegularFileProperty
    @get:OutputDirectory abstract val kotlin: DirectoryProperty

    @TaskAction
    fun generate() {
        val library = libraries.file("arm64-v8a/libchuda_ffi.so").get().asFile
        commands.exec {
            workingDir(checkout.dir("bindings"))
            commandLine(
                "cargo", "run", "--locked", "--package", "chuda-ffi", "--features", "bindgen", "--bin", "uniffi-bindgen", "--",
                "generate", library.path, "--language", "kotlin", "--config", "kotlin/android.toml",
                "--out-dir", kotlin.get().asFile.path, "--no-format",
            )
        }
        commands.exec { commandLine("sed", "-E", "-i.all", "-f", narrow.get().asFile.path, "${kotlin.get().asFile}/chuda/chuda.kt") }
    }
}

val generateKotlin by tasks.registering(Generate::class) {
    dependsOn(checkPages)
    checkout = root
    libraries = natives
    narrow = file("narrow.sed")
    kotlin = generated
}

androidComponents.onVariants { variant ->
    variant.sources.kotlin?.addStaticSourceDirectory("src/main/kotlin")
    variant.sources.kotlin?.addGeneratedSourceDirectory(generateKotlin, Generate::kotlin)
    variant.sources.jniLibs?.addGeneratedSourceDirectory(cargoNdk, CargoNdk::libraries)
}

publishing {
    publications.register<MavenPublication>("android") {
        artifactId = "chuda-android"
        afterEvaluate { from(components["release"]) }
        pom {
            name = "Chuda for Android"
            licenses { license { name = "Apache-2.0" } }
        }
    }
}
