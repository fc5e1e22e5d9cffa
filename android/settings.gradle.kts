pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "chuda"

// The core with its Kotlin, the screens, the app. android/desktop is Maven's alone.
include(":core", ":ui", ":app")
project(":core").projectDir = file("../bindings/kotlin")
