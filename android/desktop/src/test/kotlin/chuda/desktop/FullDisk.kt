package chuda.desktop

import com.sun.jna.Library
import com.sun.jna.Native

/** A disk that takes no file above so many bytes: what a process sees of a full one. */
object FullDisk {
    private interface System : Library {
        fun setrlimit(
            resource: Int,
            limits: LongArray,
        ): Int

        fun getrlimit(
            resource: Int,
            limits: LongArray,
        ): Int
    }

    private const val FILE_SIZE = 1
    private val system = Native.load("c", System::class.java)
    private val usual = LongArray(2).also { system.getrlimit(FILE_SIZE, it) }

    fun above(bytes: Long) = set(bytes)

    fun end() = set(usual[0])

    private fun set(bytes: Long) = check(system.setrlimit(FILE_SIZE, longArrayOf(bytes, usual[1])) == 0)
}
