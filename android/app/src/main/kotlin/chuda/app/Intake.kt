package chuda.app

import android.content.ContentResolver
import android.content.Context
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri
import android.os.Build
import android.webkit.MimeTypeMap
import androidx.annotation.RequiresApi
import chuda.Source
import chuda.ui.Captured
import java.io.File
import java.io.IOException
import java.util.UUID
import java.util.concurrent.ConcurrentHashMap

/**
 * Files on their way to becoming evidence: what the camera made, what was picked or shared. They lie in a folder that the system does not
 * clear, under names that say where they came from, until they are kept and forgotten. So what a killed app had not kept is found again.
 */
internal class Intake(
    private val folder: File,
    private val resolver: ContentResolver,
    private val ownAuthority: String,
) {
    constructor(context: Context) :
        this(File(context.filesDir, "intake"), context.contentResolver, authority(context))

    /** What somebody in this process has in hand. A file is handed out once; one that is not forgotten is tried again at the next start. */
    private val handedOut: MutableSet<String> = ConcurrentHashMap.newKeySet()

    /** An empty file for the camera to write to. It is no leftover before [arrived] was called. */
    fun expect(): File = new(Source.CAMERA, "jpg").also { File(it.path + EXPECTED).createNewFile() }

    /** What the camera wrote; null when it wrote nothing. */
    fun arrived(file: File): Captured? {
        File(file.path + EXPECTED).delete()
        if (file.length() > 0) return Captured(file.path, Source.CAMERA)
        file.delete()
        return null
    }

    /** Whoever gets this one keeps it: it is no leftover. */
    fun handOut(captured: Captured) = captured.also { handedOut += it.path }

    /** No camera is open any more: whatever an earlier one wrote is a leftover now. */
    fun expectNothing() = files().filter { it.path.endsWith(EXPECTED) }.forEach { it.delete() }

    /**
     * Copies what another app lends; null when it can't be read, or is this app's own. A file counts from the moment it is whole: it gets
     * its name when it is on the disk.
     */
    fun copy(uri: Uri): Captured? {
        if (uri.scheme != ContentResolver.SCHEME_CONTENT || uri.authority == ownAuthority) return null
        val mime = resolver.getType(uri).orEmpty()
        val ending = MimeTypeMap.getSingleton().getExtensionFromMimeType(mime) ?: "bin"
        val source = if (mime.startsWith("image/")) Source.GALLERY else Source.FILE
        val file = new(source, ending)
        val part = File(file.path + PART)
        val copied =
            try {
                resolver.openInputStream(uri)?.use { from ->
                    part.outputStream().use { to ->
                        from.copyTo(to)
                        to.fd.sync()
                    }
                    part.length() > 0 && part.renameTo(file)
                }
            } catch (_: IOException) {
                // Gone, or the disk is full: the other app still has it.
                false
            } catch (
                @Suppress("TooGenericExceptionCaught") _: RuntimeException,
            ) {
                // It was not lent to this app, or the other app failed: its mistakes come through as they are.
                false
            }
        if (copied == true) return Captured(file.path, source, rendition(file, ending))
        part.delete()
        return null
    }

    /** Whole files that nobody has in hand, oldest first. */
    fun leftovers(): List<Captured> {
        val files = files()
        val paths = files.map { it.path }.toSet()
        return files
            .filter { it.length() > 0 && source(it) != null && it.path + EXPECTED !in paths }
            .sortedBy { it.lastModified() }
            .filter { handedOut.add(it.path) }
            .map { Captured(it.path, source(it)!!, File(it.path + RENDITION).takeIf { jpeg -> jpeg.length() > 0 }?.path) }
    }

    /** True when the path was one of these. */
    fun forget(path: String): Boolean {
        val file = File(path)
        if (file.canonicalFile.parentFile != folder.canonicalFile) return false
        File(path + RENDITION).delete()
        return file.delete()
    }

    /** A JPEG for pictures that the core can't decode; the system turns it upright. */
    private fun rendition(
        file: File,
        ending: String,
    ): String? {
        if (ending.lowercase() !in HEIF || Build.VERSION.SDK_INT < Build.VERSION_CODES.P) return null
        val jpeg = File(file.path + RENDITION)
        return try {
            jpeg.outputStream().use { decode(file).compress(Bitmap.CompressFormat.JPEG, JPEG_QUALITY, it) }
            jpeg.path
        } catch (_: IOException) {
            // The original is kept all the same.
            jpeg.delete()
            null
        }
    }

    @RequiresApi(Build.VERSION_CODES.P)
    private fun decode(file: File): Bitmap = ImageDecoder.decodeBitmap(ImageDecoder.createSource(file), Smaller)

    private fun new(
        source: Source,
        ending: String,
    ): File {
        folder.mkdirs()
        return File(folder, "${source.name.lowercase()}-${UUID.randomUUID()}.$ending")
    }

    private fun source(file: File): Source? =
        Source.entries.find { file.name.startsWith(it.name.lowercase() + "-") }.takeUnless {
            listOf(PART, EXPECTED, RENDITION).any(file.name::endsWith)
        }

    private fun files(): List<File> = folder.listFiles().orEmpty().toList()

    companion object {
        private const val PART = ".part"
        private const val EXPECTED = ".expected"
        private const val RENDITION = ".rendition.jpg"
        private const val JPEG_QUALITY = 80
        private val HEIF = setOf("heic", "heif")

        fun authority(context: Context): String = "${context.packageName}.files"
    }
}

@RequiresApi(Build.VERSION_CODES.P)
private object Smaller : ImageDecoder.OnHeaderDecodedListener {
    private const val PIXELS = 2048

    override fun onHeaderDecoded(
        decoder: ImageDecoder,
        info: ImageDecoder.ImageInfo,
        source: ImageDecoder.Source,
    ) {
        decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
        decoder.setTargetSampleSize(maxOf(1, maxOf(info.size.width, info.size.height) / PIXELS))
    }
}
