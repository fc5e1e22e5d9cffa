package chuda.desktop

import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asSkiaBitmap
import androidx.compose.ui.graphics.toPixelMap
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.isRoot
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.junit.jupiter.api.Assertions.assertTrue
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO
import kotlin.math.abs
import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow

private val folder = File("src/test/golden")
private val failures = File(System.getProperty("chuda.failures", "target/failures"))

/** Compares a picture with the one that was agreed on; with `-Dchuda.golden=rewrite` it becomes the one that is agreed on. */
fun compare(
    name: String,
    picture: ImageBitmap,
) {
    val bytes = Image.makeFromBitmap(picture.asSkiaBitmap()).encodeToData(EncodedImageFormat.PNG)!!.bytes
    val golden = folder.resolve("$name.png")
    if (System.getProperty("chuda.golden") == "rewrite") {
        val isSame = golden.exists() && difference(ImageIO.read(golden), ImageIO.read(bytes.inputStream())) == 0.0
        if (!isSame) golden.apply { parentFile.mkdirs() }.writeBytes(bytes)
        return
    }
    assertTrue(golden.exists()) { "$golden is not there: run this with -Dchuda.golden=rewrite and look at it" }
    val share = difference(ImageIO.read(golden), ImageIO.read(bytes.inputStream()))
    if (share > TOLERANCE) failures.resolve("$name.png").apply { parentFile.mkdirs() }.writeBytes(bytes)
    assertTrue(share <= TOLERANCE) { "$name differs in ${"%.2f".format(share * 100)} % of its pixels; see ${failures.absolutePath}" }
}

/** The share of pixels that differ visibly. */
private fun difference(
    one: BufferedImage,
    other: BufferedImage,
): Double {
    if (one.width != other.width || one.height != other.height) return 1.0
    var different = 0
    for (y in 0 until one.height) {
        for (x in 0 until one.width) {
            val (a, b) = one.getRGB(x, y) to other.getRGB(x, y)
            if ((0..16 step 8).any { abs((a shr it and 255) - (b shr it and 255)) > 24 }) different++
        }
    }
    return different.toDouble() / (one.width * one.height)
}

/** Everything that can be pressed is large enough and has a name; every text can be read. A question in front hides what is behind it. */
@OptIn(ExperimentalTestApi::class)
fun SkikoComposeUiTest.checkAccess(picture: ImageBitmap) {
    fun nodes(isUnmerged: Boolean): List<SemanticsNode> {
        val question = onAllNodes(hasTestTag("question"), isUnmerged).fetchSemanticsNodes()
        return question.ifEmpty { onAllNodes(isRoot(), isUnmerged).fetchSemanticsNodes() }.flatMap { it.all() }
    }
    for (node in nodes(isUnmerged = false)) {
        if (SemanticsActions.OnClick !in node.config) continue
        val label = node.label()
        assertTrue(label.isNotBlank()) { "no name: ${node.config}" }
        val least = 48 * density.density - 1
        val target = node.touchBoundsInRoot
        val isClipped = node.size.height > target.height + 1 || node.size.width > target.width + 1
        assertTrue(isClipped || (target.width >= least && target.height >= least)) {
            "$label is ${target.width / density.density} × ${target.height / density.density} dp"
        }
    }
    val pixels = picture.toPixelMap()
    for (node in nodes(isUnmerged = true)) {
        val text =
            node.config
                .getOrNull(SemanticsProperties.Text)
                ?.joinToString { it.text }
                ?.ifBlank { null } ?: continue
        val bounds = node.boundsInRoot
        val isCut = bounds.height < node.size.height - 1
        if (isCut || node.isDisabled()) continue
        val contrast = contrast(bounds, picture.width, picture.height) { x, y -> pixels[x, y].run { Triple(red, green, blue) } }
        assertTrue(contrast >= 4.5) { "“$text” has a contrast of ${"%.1f".format(contrast)}" }
    }
}

private fun SemanticsNode.all(): List<SemanticsNode> = listOf(this) + children.flatMap { it.all() }

private fun SemanticsNode.isDisabled(): Boolean = SemanticsProperties.Disabled in config || parent?.isDisabled() == true

private fun SemanticsNode.label(): String =
    listOfNotNull(
        config.getOrNull(SemanticsProperties.Text)?.joinToString { it.text },
        config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString(),
        config.getOrNull(SemanticsProperties.EditableText)?.text,
    ).joinToString()

/** Between the most frequent colour of an area and the one that stands out most from it. */
private fun contrast(
    area: Rect,
    width: Int,
    height: Int,
    pixel: (Int, Int) -> Triple<Float, Float, Float>,
): Double {
    val colours = mutableMapOf<Triple<Float, Float, Float>, Int>()
    for (y in max(area.top.toInt(), 0) until min(area.bottom.toInt(), height)) {
        for (x in max(area.left.toInt(), 0) until min(area.right.toInt(), width)) colours.merge(pixel(x, y), 1, Int::plus)
    }
    val ground = luminance(colours.maxByOrNull { it.value }?.key ?: return Double.MAX_VALUE)
    return colours.keys.maxOf { colour -> luminance(colour).let { (max(it, ground) + 0.05) / (min(it, ground) + 0.05) } }
}

private fun luminance(colour: Triple<Float, Float, Float>): Double {
    fun linear(part: Float) = if (part <= 0.04045f) part / 12.92 else ((part + 0.055) / 1.055).pow(2.4)
    return 0.2126 * linear(colour.first) + 0.7152 * linear(colour.second) + 0.0722 * linear(colour.third)
}

private const val TOLERANCE = 0.002
