package chuda.ui

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.PathFillType
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.addPathNodes
import androidx.compose.ui.unit.dp

/** Line icons on a grid of 24, one weight. */
object Icons {
    val back by lines("M19 12H5 M11 6l-6 6 6 6")
    val calendar by lines("M5 6h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z M8 3.5V8 M16 3.5V8 M4 11h16")
    val camera by lines(
        "M4 8h3.2l1.6-2.5h6.4L16.8 8H20a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z " +
            "M12 17a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z",
    )
    val check by lines("M5 12.5l4.5 4.5L19 7.5")
    val clock by lines("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5.2l3.4 2")
    val close by lines("M6 6l12 12 M18 6L6 18")
    val cloud by lines("M7 18.5a4.2 4.2 0 0 1-.6-8.4 5.8 5.8 0 0 1 11.2 1 3.8 3.8 0 0 1-.4 7.4z M9.3 14l2 2 3.6-3.8")
    val cloudOff by lines("M9 6.3a5.8 5.8 0 0 1 8.6 4.8 3.8 3.8 0 0 1 2.2 5.7 M16.5 18.5H7a4.2 4.2 0 0 1-.6-8.4l.5-1.5 M4 4l16 16")
    val cloudUp by lines("M7 18.5a4.2 4.2 0 0 1-.6-8.4 5.8 5.8 0 0 1 11.2 1 3.8 3.8 0 0 1-.4 7.4 M12 20v-7 M9.2 15.6L12 12.8l2.8 2.8")
    val document by lines("M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z M14 3v5h5 M9.5 13h6 M9.5 16.5h6")
    val file by lines("M20 11.5l-7.8 7.8a4.9 4.9 0 0 1-7-7l8.2-8.1a3.3 3.3 0 0 1 4.6 4.6l-8.1 8.1a1.6 1.6 0 0 1-2.3-2.3l7.3-7.3")
    val forward by lines("M9.5 5.5L16 12l-6.5 6.5")
    val home by lines("M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z")
    val list by lines("M9 6.5h11 M9 12h11 M9 17.5h11 M4.5 6.5h.01 M4.5 12h.01 M4.5 17.5h.01")
    val lock by lines("M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z M8.2 11V8a3.8 3.8 0 0 1 7.6 0v3")
    val mic by lines("M12 3.5a3 3 0 0 1 3 3V11a3 3 0 0 1-6 0V6.5a3 3 0 0 1 3-3z M5.5 11a6.5 6.5 0 0 0 13 0 M12 17.5V21")
    val pause by lines("M8.5 5.5v13 M15.5 5.5v13")
    val pen by lines("M4 20l1-4.2L16.2 4.6a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8.2 19z M14.2 6.6l3.2 3.2")
    val people by lines(
        "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 19.5a6.5 6.5 0 0 1 13 0 " +
            "M15.5 4.8a3.5 3.5 0 0 1 0 6.4 M18 14a6.5 6.5 0 0 1 3.5 5.5",
    )
    val person by lines("M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20.5a7.5 7.5 0 0 1 15 0")
    val phone by lines(
        "M6 3.5h3l1.6 4.2-2 1.6a12 12 0 0 0 6 6l1.6-2 4.2 1.6v3a1.6 1.6 0 0 1-1.8 1.6A16.5 16.5 0 0 1 4.4 5.3 1.6 1.6 0 0 1 6 3.5z",
    )
    val play by lines("M8 5l11 7-11 7z")
    val plus by lines("M12 5v14 M5 12h14")
    val question by lines("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M9.6 9.4a2.5 2.5 0 0 1 4.9.7c0 1.7-2.5 2.2-2.5 3.7 M12 16.8h.01")
    val scan by lines(
        "M4 8.5V5a1 1 0 0 1 1-1h3.5 M15.5 4H19a1 1 0 0 1 1 1v3.5 M20 15.5V19a1 1 0 0 1-1 1h-3.5 M8.5 20H5a1 1 0 0 1-1-1v-3.5 M4 12h16",
    )
    val search by lines("M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z M15.3 15.3L20 20")
    val share by lines("M12 15V4 M8 7.5L12 3.5l4 4 M6 11.5H5a1 1 0 0 0-1 1V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-6.5a1 1 0 0 0-1-1h-1")
    val shield by lines("M12 3l7.5 2.8v5.4c0 4.6-3 7.9-7.5 9.8-4.5-1.9-7.5-5.2-7.5-9.8V5.8z M8.8 12l2.3 2.3 4.2-4.4")
    val sync by lines("M4.5 11a7.6 7.6 0 0 1 13.2-4l1.8 2 M19.5 4.5V9H15 M19.5 13a7.6 7.6 0 0 1-13.2 4l-1.8-2 M4.5 19.5V15H9")
    val tasks by lines("M4.5 6.5l1.5 1.5 2.8-3 M4.5 16.5l1.5 1.5 2.8-3 M12.5 7H20 M12.5 17H20")
    val trash by lines("M5 7h14 M9.5 7V4.5h5V7 M7 7l.8 12.5h8.4L17 7 M10.3 10.5v5.5 M13.7 10.5v5.5")
    val undo by lines("M8.5 5L4.5 9l4 4 M5 9h9a5.5 5.5 0 0 1 0 11H9")
    val warning by lines("M12 4l9 15.5H3z M12 10v4.5 M12 17h.01")

    private fun lines(path: String) =
        lazy {
            ImageVector
                .Builder(defaultWidth = 24.dp, defaultHeight = 24.dp, viewportWidth = 24f, viewportHeight = 24f)
                .addPath(
                    pathData = addPathNodes(path),
                    pathFillType = PathFillType.NonZero,
                    stroke = SolidColor(Color.Black),
                    strokeLineWidth = 1.8f,
                    strokeLineCap = StrokeCap.Round,
                    strokeLineJoin = StrokeJoin.Round,
                ).build()
        }
}
