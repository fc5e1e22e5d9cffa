@file:Suppress("ktlint:standard:filename")

package android.bluetooth

/** Robolectric's Android lacks this inner class of [BluetoothDevice] and fails without it once the sound service is asked for. */
@Suppress("ClassName")
class `BluetoothDevice$BluetoothAddress`
