plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.compose)
}

/** The keystore that releases are signed with, from the environment of whoever releases; without it a release is left unsigned. */
val keystore: Provider<String> = providers.environmentVariable("CHUDA_KEYSTORE")

/** A folder with the speech models (scripts/fetch-model says where it is); without it, recordings are kept and wait for a model. */
val models: Provider<String> = providers.environmentVariable("CHUDA_MODELS")

android {
    namespace = "chuda.app"
    compileSdk = 36
    defaultConfig {
        applicationId = "chuda.app"
        minSdk = 26
        targetSdk = 36
        versionCode = providers.environmentVariable("CHUDA_VERSION_CODE").getOrElse("1").toInt()
        versionName = "0.1.0"
    }
    androidResources { localeFilters += listOf("zh-rCN", "en") }
    buildFeatures { compose = true }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    signingConfigs {
        if (keystore.isPresent) {
            register("release") {
                storeFile = file(keystore.get())
                storePassword = providers.environmentVariable("CHUDA_KEYSTORE_PASSWORD").get()
                keyAlias = providers.environmentVariable("CHUDA_KEY_ALIAS").get()
                keyPassword = providers.environmentVariable("CHUDA_KEY_PASSWORD").get()
            }
        }
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "proguard.pro")
            signingConfig = signingConfigs.findByName("release")
        }
    }
    // One APK for each processor; a bundle for the stores is split anyway.
    splits {
        abi {
            isEnable = true
            reset()
            include("arm64-v8a", "x86_64")
            isUniversalApk = false
        }
    }
    packaging {
        // Loaded from the APK as they are, at 16 KiB boundaries.
        jniLibs { useLegacyPackaging = false }
        resources.excludes += "/META-INF/{AL2.0,LGPL2.1}"
    }
    lint {
        warningsAsErrors = true
        abortOnError = true
    }
    testOptions.unitTests.isIncludeAndroidResources = true
}

if (models.isPresent) {
    val unpacked = layout.buildDirectory.dir("models")
    val copyModels by tasks.registering(Sync::class) {
        from(models) { include("*.bin") }
        into(unpacked.map { it.dir("models") })
    }
    android.sourceSets.named("main") { assets.directories += unpacked.get().asFile.path }
    tasks.named("preBuild") { dependsOn(copyModels) }
    // The models hardly get smaller, and are copied out of the APK once.
    android.androidResources.noCompress += "bin"
}

dependencies {
    implementation(project(":core"))
    implementation(project(":ui"))
    implementation(libs.activity.compose)
    implementation(libs.core)
    implementation(libs.coroutines.android)
    implementation(libs.zxing)
    // Tests of this module are run by scripts/android, with the core of this machine.
    testImplementation(libs.junit4)
    testImplementation(libs.robolectric)
}
