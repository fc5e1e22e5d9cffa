"""Makes photo.jpg: a drawn meeting-room wall with a whiteboard, as a phone held upright would have taken it.

usage: python3 make-photo.py [photo.jpg]     needs Pillow, numpy and a Chinese font (Debian: fonts-arphic-ukai)
The pixels are stored lying on their side with EXIF orientation 6, as phones do, so a viewer has to turn them.
"""

import random
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1800, 2400  # as looked at
FONT = "/usr/share/fonts/truetype/arphic/ukai.ttc"
BLUE, RED, BLACK, GREEN = (28, 62, 150), (190, 40, 38), (38, 38, 44), (24, 116, 70)
chance = random.Random(7)
noise = np.random.default_rng(7)


def main(out="photo.jpg"):
    scene = room()
    paste_leaning(scene, whiteboard(), [(165, 395), (1655, 330), (1668, 1500), (150, 1465)])
    furniture(scene)
    scene = lens(scene)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F], exif[0x0110], exif[0x0131] = "Chuda", "drawn sample", "make-photo.py"
    exif[0x0132] = "2026:11:23 15:20:41"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:23 15:20:41"
    exif.get_ifd(0x8769)[0x9011] = "+08:00"
    scene.transpose(Image.Transpose.ROTATE_90).save(out, quality=82, exif=exif)


def room():
    """A wall, lit from the upper left, over a wooden table."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = 1.08 - 0.20 * x / WIDTH - 0.16 * y / HEIGHT
    wall = np.stack([218 * light, 212 * light, 200 * light], axis=-1)
    wall += blurred_noise(3, 7)[..., None]
    grain = blurred_noise(9, 2, stretch=30)
    wood = np.stack([156 + grain, 112 + grain * 0.8, 72 + grain * 0.6], axis=-1) * (0.8 + 0.35 * (y - 1800) / 600)[..., None]
    edge = 1830 + (x - 900) * 0.012
    scene = np.where((y > edge)[..., None], wood, wall)
    shade = np.clip(1 - (edge - y) / 70, 0, 1) * (y <= edge) * 0.35
    return Image.fromarray(np.clip(scene * (1 - shade[..., None]), 0, 255).astype(np.uint8))


def blurred_noise(strength, radius, stretch=1):
    field = Image.fromarray((noise.random((HEIGHT, max(WIDTH // stretch, 2))) * 255).astype(np.uint8))
    field = np.asarray(field.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32)
    return (field - field.mean()) / (field.std() + 1e-6) * strength


def whiteboard():
    board = Image.new("RGBA", (1500, 1120), (168, 172, 176, 255))
    pen = ImageDraw.Draw(board)
    pen.rectangle((26, 26, 1474, 1094), fill=(243, 245, 244))
    pen.line((26, 26, 1474, 26), fill=(120, 124, 128), width=4)
    for _ in range(70):  # traces of what was wiped off
        x, y = chance.randint(60, 1300), chance.randint(60, 1040)
        pen.line((x, y, x + chance.randint(20, 130), y + chance.randint(-20, 20)), fill=(230, 234, 238), width=chance.randint(8, 22))
    write(board, (90, 70), "苏州明远电子 · 包装线改造", 86, BLUE)
    stroke(pen, [(92, 178), (620, 172), (1180, 182)], BLUE, 7)
    write(board, (95, 225), "现状:人工贴标,每班 4 人", 60, BLACK)
    write(board, (95, 310), "目标:节拍 12 件/分,扫码入库", 60, BLACK)
    steps = ["上料", "贴标", "装箱", "码垛"]
    for i, step in enumerate(steps):
        left = 110 + i * 335
        box(pen, (left, 455, left + 220, 600), GREEN)
        write(board, (left + 42, 490), step, 68, GREEN)
        if i + 1 < len(steps):
            arrow(pen, (left + 232, 528), (left + 322, 525), BLACK)
    write(board, (560, 625), "← 先做这一段", 54, RED)
    write(board, (95, 745), "要点", 64, RED)
    stroke(pen, [(92, 822), (228, 818)], RED, 6)
    write(board, (95, 845), "1 接口:对方 MES,下周给文档", 56, BLACK)
    write(board, (95, 925), "2 现场看样机 → 12 月第 2 周", 56, BLACK)
    write(board, (95, 1005), "3 报价含三年维保", 56, BLACK)
    stroke(pen, [(950, 1040), (950, 760)], BLUE, 6)
    stroke(pen, [(950, 1040), (1400, 1040)], BLUE, 6)
    for i, tall in enumerate((70, 120, 165, 235)):
        box(pen, (990 + i * 100, 1036 - tall, 1050 + i * 100, 1038), RED if i == 3 else BLUE)
    write(board, (1120, 720), "件/分", 46, BLUE)
    return board


def write(board, at, text, size, colour):
    """By hand: every character a little off, turned and of its own size, with a pen that runs uneven."""
    x, y = at
    for char in text:
        font = ImageFont.truetype(FONT, size + chance.randint(-4, 4))
        advance = font.getlength(char)
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text((size // 2, size // 2), char, font=font, fill=chance.randint(215, 255), stroke_width=2)
        tile = tile.rotate(chance.uniform(-4, 4), Image.Resampling.BICUBIC)
        board.paste(colour, (int(x) - size // 2, int(y) - size // 2 + chance.randint(-5, 5)), tile)
        x += advance * chance.uniform(0.96, 1.04)


def stroke(pen, points, colour, width):
    pen.line([(x + chance.randint(-3, 3), y + chance.randint(-3, 3)) for x, y in points], fill=colour, width=width, joint="curve")


def box(pen, corners, colour):
    left, top, right, bottom = corners
    stroke(pen, [(left, top), (right, top), (right, bottom), (left, bottom), (left, top - 4)], colour, 6)


def arrow(pen, tail, head, colour):
    stroke(pen, [tail, head], colour, 6)
    stroke(pen, [(head[0] - 26, head[1] - 20), head, (head[0] - 26, head[1] + 20)], colour, 6)


def paste_leaning(scene, picture, corners):
    """Pastes a flat picture as a leaning quadrilateral (corners clockwise from the upper left), with its shadow."""
    width, height = picture.size
    flat = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, flat):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    leaning = picture.transform(scene.size, Image.Transform.PERSPECTIVE, np.linalg.solve(np.array(rows, float), right), Image.Resampling.BICUBIC)
    shadow = leaning.getchannel("A").filter(ImageFilter.GaussianBlur(26)).point(lambda a: a * 0.4)
    scene.paste((70, 66, 60), (22, 34), shadow)
    scene.paste(leaning, (0, 0), leaning.getchannel("A"))
    glare = Image.new("L", scene.size, 0)
    ImageDraw.Draw(glare).ellipse((330, 480, 860, 760), fill=120)
    glare = np.asarray(glare.filter(ImageFilter.GaussianBlur(130)), dtype=np.float32) * (np.asarray(leaning.getchannel("A")) > 0)
    scene.paste((255, 255, 252), (0, 0), Image.fromarray(glare.astype(np.uint8)))


def furniture(scene):
    """Pen tray, three pens, and on the table brochures and a paper cup."""
    pen = ImageDraw.Draw(scene, "RGBA")
    pen.polygon([(420, 1488), (1380, 1502), (1392, 1540), (410, 1526)], fill=(150, 154, 158, 255))
    for left, colour in ((520, BLUE), (700, RED), (880, BLACK)):
        pen.rounded_rectangle((left, 1474, left + 140, 1500), 12, fill=colour + (255,))
        pen.rounded_rectangle((left + 104, 1474, left + 140, 1500), 8, fill=(235, 235, 235, 255))
    pen.rounded_rectangle((1130, 1456, 1300, 1506), 10, fill=(60, 64, 70, 255))
    soft = Image.new("L", scene.size, 0)
    shade = ImageDraw.Draw(soft)
    shade.polygon([(300, 2010), (900, 1960), (1010, 2240), (330, 2310)], fill=120)
    shade.ellipse((1230, 2120, 1580, 2240), fill=120)
    scene.paste((50, 34, 20), (16, 22), soft.filter(ImageFilter.GaussianBlur(18)))
    for shift in (24, 12, 0):
        pen.polygon([(300, 2000 + shift), (900, 1950 + shift), (1010, 2225 + shift), (330, 2290 + shift)], fill=(236 - shift, 238 - shift, 240 - shift, 255))
    pen.polygon([(330, 2018), (885, 1971), (910, 2035), (338, 2088)], fill=(30, 92, 150, 255))
    for line in range(4):
        pen.line((372, 2128 + line * 34, 800 + line * 18, 2088 + line * 33), fill=(140, 146, 152, 255), width=8)
    pen.polygon([(1255, 1890), (1515, 1890), (1480, 2190), (1290, 2190)], fill=(226, 222, 214, 255))
    pen.polygon([(1271, 2010), (1501, 2010), (1490, 2110), (1281, 2110)], fill=(150, 92, 58, 255))
    pen.polygon([(1450, 1890), (1515, 1890), (1480, 2190), (1440, 2190)], fill=(0, 0, 0, 34))
    pen.ellipse((1290, 2172, 1480, 2208), fill=(214, 210, 202, 255))
    pen.ellipse((1255, 1862, 1515, 1918), fill=(240, 238, 232, 255))
    pen.ellipse((1276, 1870, 1494, 1910), fill=(72, 44, 28, 255))


def lens(scene):
    """Softness, darker corners and grain."""
    pixels = np.asarray(scene.filter(ImageFilter.GaussianBlur(1.1)), dtype=np.float32)
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    pixels *= (1.04 - 0.22 * (x * x + y * y) / 2)[..., None]
    pixels += noise.normal(0, 3.2, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main(*sys.argv[1:])
