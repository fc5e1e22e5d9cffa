package chuda.app

import android.content.Context
import java.io.File
import java.io.IOException

internal fun modelsFolder(context: Context) = File(context.noBackupFilesDir, "models")

/**
 * The speech models come as assets and are read as files. Copied once, each under its name when it is whole; without them, or without
 * room for them, recordings are kept and wait.
 */
internal fun unpackModels(context: Context) {
    val folder = modelsFolder(context)
    for (name in context.assets.list(ASSETS).orEmpty()) {
        val file = File(folder, name)
        if (file.exists()) continue
        folder.mkdirs()
        val part = File(folder, "$name.part")
        try {
            context.assets.open("$ASSETS/$name").use { from -> part.outputStream().use(from::copyTo) }
            part.renameTo(file)
        } catch (_: IOException) {
            part.delete()
        }
    }
}

private const val ASSETS = "models"
