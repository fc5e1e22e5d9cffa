package chuda.desktop

import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toAwtImage
import androidx.compose.ui.graphics.toPixelMap
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.isRoot
import org.junit.jupiter.api.Assertions.assertTrue
import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel
import java.io.File
import javax.imageio.ImageIO
import kotlin.math.abs
import kotlin.math.max
import kotlin.math.min
import kotlin.math.pow

private val failures = File(System.getProperty("chuda.failures", "target/failures"))

/** Compares a picture with the one that was agreed on; with `-Dchuda.golden=rewrite` it becomes the one that is agreed on. */
fun compare(
    golden: File,
    picture: ImageBitmap,
    isSmall: Boolean = true,
) {
    val now = picture.toAwtImage().let { if (isSmall) few(it) else it }
    if (System.getProperty("chuda.golden") == "rewrite") {
        if (!golden.exists() || difference(ImageIO.read(golden), now) > 0.0) write(now, golden)
        return
    }
    assertTrue(golden.exists()) { "$golden is not there: run scripts/android pictures and look at it" }
    val share = difference(ImageIO.read(golden), now)
    if (share > TOLERANCE) write(now, failures.resolve(golden.name))
    assertTrue(
        share <= TOLERANCE,
    ) { "${golden.name} differs in ${"%.2f".format(share * 100)} % of its pixels; see ${failures.absolutePath}" }
}

private fun write(
    picture: BufferedImage,
    file: File,
) {
    file.absoluteFile.parentFile.mkdirs()
    ImageIO.write(picture, "png", file)
}

/** The same picture in its 256 most frequent colours, which is all that most have and makes a small file. */
private fun few(picture: BufferedImage): BufferedImage {
    val counts = mutableMapOf<Int, Int>()
    val pixels = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
    pixels.forEach { counts.merge(it, 1, Int::plus) }
    val kept =
        counts.entries
            .sortedWith(compareBy({ -it.value }, { it.key }))
            .take(COLOURS)
            .map { it.key }
            .toIntArray()
    val model = IndexColorModel(8, kept.size, kept, 0, false, -1, DataBuffer.TYPE_BYTE)
    val nearest = counts.keys.associateWith { colour -> kept.indices.minBy { distance(kept[it], colour) } }
    return BufferedImage(picture.width, picture.height, BufferedImage.TYPE_BYTE_INDEXED, model).also { small ->
        small.raster.setPixels(0, 0, picture.width, picture.height, IntArray(pixels.size) { nearest.getValue(pixels[it]) })
    }
}

private fun distance(
    one: Int,
    other: Int,
): Int = (0..16 step 8).sumOf { abs((one shr it and 255) - (other shr it and 255)) }

/** The share of pixels that differ visibly. */
private fun difference(
    one: BufferedImage,
    other: BufferedImage,
): Double {
    if (one.width != other.width || one.height != other.height) return 1.0
    val rows = 0 until one.height
    val different = rows.sumOf { y -> (0 until one.width).count { x -> distance(one.getRGB(x, y), other.getRGB(x, y)) > VISIBLE } }
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
private const val VISIBLE = 48
private const val COLOURS = 256
