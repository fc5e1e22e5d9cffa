package chuda.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Shapes
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.intl.LocaleList
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** One accent, quiet greys; red and amber only together with a word. */
private val light =
    lightColorScheme(
        primary = Color(0xFF0B6B5B),
        onPrimary = Color.White,
        primaryContainer = Color(0xFFDCEFEA),
        onPrimaryContainer = Color(0xFF08483D),
        secondaryContainer = Color(0xFFEBEFED),
        onSecondaryContainer = Color(0xFF24302C),
        tertiary = Color(0xFF7A4F00),
        tertiaryContainer = Color(0xFFFFF0D6),
        onTertiaryContainer = Color(0xFF5C3B00),
        error = Color(0xFFB3261E),
        onError = Color.White,
        errorContainer = Color(0xFFFBE9E7),
        onErrorContainer = Color(0xFF7D1A14),
        background = Color(0xFFF4F6F5),
        onBackground = Color(0xFF17201D),
        surface = Color.White,
        onSurface = Color(0xFF17201D),
        surfaceVariant = Color(0xFFF0F3F2),
        onSurfaceVariant = Color(0xFF55615D),
        outline = Color(0xFF7C8783),
        outlineVariant = Color(0xFFDFE5E2),
        surfaceContainerLowest = Color.White,
        surfaceContainerLow = Color.White,
        surfaceContainer = Color.White,
        surfaceContainerHigh = Color.White,
        surfaceContainerHighest = Color(0xFFF0F3F2),
    )

private val dark =
    darkColorScheme(
        primary = Color(0xFF7FD4C1),
        onPrimary = Color(0xFF00372E),
        primaryContainer = Color(0xFF12473D),
        onPrimaryContainer = Color(0xFFC9EFE6),
        secondaryContainer = Color(0xFF2B3532),
        onSecondaryContainer = Color(0xFFDCE5E1),
        tertiary = Color(0xFFF2BE6B),
        tertiaryContainer = Color(0xFF4A3508),
        onTertiaryContainer = Color(0xFFFFDFAE),
        error = Color(0xFFFFB4AB),
        onError = Color(0xFF690005),
        errorContainer = Color(0xFF552320),
        onErrorContainer = Color(0xFFFFDAD5),
        background = Color(0xFF0F1413),
        onBackground = Color(0xFFE3E9E6),
        surface = Color(0xFF1A211F),
        onSurface = Color(0xFFE3E9E6),
        surfaceVariant = Color(0xFF252D2A),
        onSurfaceVariant = Color(0xFFAAB6B1),
        outline = Color(0xFF84908B),
        outlineVariant = Color(0xFF36403C),
        surfaceContainerLowest = Color(0xFF1A211F),
        surfaceContainerLow = Color(0xFF1A211F),
        surfaceContainer = Color(0xFF1A211F),
        surfaceContainerHigh = Color(0xFF1F2724),
        surfaceContainerHighest = Color(0xFF252D2A),
    )

private val shapes =
    Shapes(
        extraSmall = RoundedCornerShape(8.dp),
        small = RoundedCornerShape(12.dp),
        medium = RoundedCornerShape(16.dp),
        large = RoundedCornerShape(20.dp),
        extraLarge = RoundedCornerShape(28.dp),
    )

@Composable
fun ChudaTheme(
    words: Words,
    isDark: Boolean = isSystemInDarkTheme(),
    font: FontFamily = FontFamily.Default,
    content: @Composable () -> Unit,
) = MaterialTheme(colors(isDark), shapes = shapes, typography = typography(words, font), content = content)

private fun colors(isDark: Boolean): ColorScheme = if (isDark) dark else light

private fun typography(
    words: Words,
    font: FontFamily,
): Typography {
    // The language decides which form of a Chinese character is drawn.
    val locales = LocaleList(if (words.language == "en") "en" else "zh-CN")

    fun style(
        size: Int,
        line: Int,
        weight: FontWeight = FontWeight.Normal,
    ) = TextStyle(fontFamily = font, fontSize = size.sp, lineHeight = line.sp, fontWeight = weight, localeList = locales)
    return Typography(
        headlineMedium = style(26, 34, FontWeight.SemiBold),
        titleLarge = style(20, 28, FontWeight.SemiBold),
        titleMedium = style(17, 24, FontWeight.SemiBold),
        titleSmall = style(15, 22, FontWeight.Medium),
        bodyLarge = style(16, 24),
        bodyMedium = style(15, 22),
        bodySmall = style(13, 18),
        labelLarge = style(16, 22, FontWeight.Medium),
        labelMedium = style(13, 18, FontWeight.Medium),
        labelSmall = style(12, 16, FontWeight.Medium),
    )
}
