package chuda.app

import android.Manifest
import android.annotation.SuppressLint
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Bundle
import android.os.Handler
import android.os.HandlerThread
import android.util.Size
import android.view.Surface
import android.view.TextureView
import android.widget.Button

/** The camera, until it has seen a QR code. The answer is its text; none when the person went back or there is no camera. */
class ScanActivity : Activity() {
    private lateinit var preview: TextureView
    private val worker = HandlerThread("scan")
    private var camera: CameraDevice? = null
    private var reader: ImageReader? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.scan)
        preview = findViewById(R.id.preview)
        findViewById<Button>(R.id.close).setOnClickListener { finish() }
        worker.start()
        if (allowed()) begin() else requestPermissions(arrayOf(Manifest.permission.CAMERA), 0)
    }

    override fun onRequestPermissionsResult(
        requestCode: Int,
        permissions: Array<String>,
        grantResults: IntArray,
    ) {
        if (allowed()) begin() else finish()
    }

    override fun onDestroy() {
        camera?.close()
        reader?.close()
        worker.quitSafely()
        super.onDestroy()
    }

    private fun allowed() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    private fun begin() {
        preview.surfaceTextureListener =
            object : TextureView.SurfaceTextureListener {
                override fun onSurfaceTextureAvailable(
                    surface: SurfaceTexture,
                    width: Int,
                    height: Int,
                ) = openCamera(surface)

                override fun onSurfaceTextureSizeChanged(
                    surface: SurfaceTexture,
                    width: Int,
                    height: Int,
                ) = fill()

                override fun onSurfaceTextureDestroyed(surface: SurfaceTexture) = true

                override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
            }
        preview.surfaceTexture?.let(::openCamera)
    }

    // The permission was checked before; a camera that is taken away says so.
    @SuppressLint("MissingPermission")
    private fun openCamera(surface: SurfaceTexture) {
        val manager = getSystemService(CameraManager::class.java)
        try {
            val ids = manager.cameraIdList.sortedBy { facing(manager, it) != CameraCharacteristics.LENS_FACING_BACK }
            val id = ids.firstOrNull() ?: return finish()
            surface.setDefaultBufferSize(FRAME.width, FRAME.height)
            fill()
            manager.openCamera(id, Opened(Surface(surface)), Handler(worker.looper))
        } catch (_: CameraAccessException) {
            finish()
        } catch (_: SecurityException) {
            finish()
        }
    }

    private fun facing(
        manager: CameraManager,
        id: String,
    ) = manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING)

    /** The frame lies on its side and fills the view, whatever its shape. */
    private fun fill() {
        val width = preview.width.toFloat()
        val height = preview.height.toFloat()
        val scale = maxOf(width / FRAME.height, height / FRAME.width)
        val matrix = Matrix()
        matrix.setScale(FRAME.height * scale / width, FRAME.width * scale / height, width / 2, height / 2)
        preview.setTransform(matrix)
    }

    private inner class Opened(
        private val screen: Surface,
    ) : CameraDevice.StateCallback() {
        override fun onOpened(device: CameraDevice) {
            camera = device
            val frames = ImageReader.newInstance(FRAME.width, FRAME.height, ImageFormat.YUV_420_888, 2)
            reader = frames
            frames.setOnImageAvailableListener({ it.acquireLatestImage()?.use(::look) }, Handler(worker.looper))
            val request =
                device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
                    addTarget(screen)
                    addTarget(frames.surface)
                    set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                }
            @Suppress("DEPRECATION") // Its successor is not there before Android 9.
            device.createCaptureSession(listOf(screen, frames.surface), Shows(request.build()), Handler(worker.looper))
        }

        override fun onDisconnected(device: CameraDevice) = finish()

        override fun onError(
            device: CameraDevice,
            error: Int,
        ) = finish()
    }

    private inner class Shows(
        private val request: CaptureRequest,
    ) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            try {
                session.setRepeatingRequest(request, null, null)
            } catch (_: CameraAccessException) {
                finish()
            } catch (_: IllegalStateException) {
                // Closed meanwhile.
                finish()
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = finish()
    }

    private fun look(image: Image) {
        val plane = image.planes[0]
        val luminance = ByteArray(plane.rowStride * image.height)
        // The last row may end with its last pixel.
        plane.buffer.get(luminance, 0, minOf(luminance.size, plane.buffer.remaining()))
        val text = readCode(luminance, plane.rowStride, image.width, image.height) ?: return
        runOnUiThread { answer(text) }
    }

    internal fun answer(text: String) {
        setResult(RESULT_OK, Intent().putExtra(TEXT, text))
        finish()
    }

    internal companion object {
        const val TEXT = "text"

        /** Every camera has it, and a code fills enough of it. */
        private val FRAME = Size(1280, 720)
    }
}
