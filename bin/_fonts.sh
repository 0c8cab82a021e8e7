# Sourced by _set_up.sh: the fonts that letters are printed in, and the fontconfig file that shows them these and no
# others, so that the fonts of a machine cannot change a letter's look. Noto Serif must be on the system; Fandol (the
# 仿宋 of official letters) and BabelStone Han (rare characters) are fetched into var/fonts where they are missing.
# shellcheck shell=bash

FONTS=$ROOT/var/fonts
# Debian puts Fandol into its TeX tree, where fontconfig does not look.
FONT_PLACES=(
    /usr/share/fonts
    /usr/local/share/fonts
    /usr/share/texlive/texmf-dist/fonts/opentype/public/fandol
    "$FONTS"
)

bring_fonts() {
    mkdir -p "$FONTS"
    bring_optional_font FandolSong-Regular.otf texlive-lang-chinese 'Fandol[FHKS]*.otf'
    bring_optional_font BabelStoneHan.ttf fonts-babelstone-han BabelStoneHan.ttf
    write_fonts_conf
    cut_fonts
}

# Letters look better with it and print without it: what cannot be had is tried again after a day.
bring_optional_font() {
    local file=$1 package=$2 files=$3
    [[ -z $(directory_of_font "$file") ]] || return 0
    [[ -z $(find "$FONTS" -name "without-$package" -mtime -1) ]] || return 0
    say "Fetching the font package $package, this once"
    unpack_font "$package" "$files"
    [[ -n $(directory_of_font "$file") ]] || touch "$FONTS/without-$package"
}

unpack_font() (
    folder=$(mktemp -d)
    trap 'rm -rf -- "$folder"' EXIT
    cd -- "$folder" && chmod 755 .
    exec >>"$ROOT/var/set-up.log" 2>&1 </dev/null
    # A failure shows in the missing file, and ends nothing.
    set +e
    download "$1" || { is_root && apt-get update -qq && download "$1"; }
    dpkg-deb --extract ./*.deb tree && find tree -name "$2" -exec cp -t "$FONTS" -- {} +
    exit 0
)

download() { timeout 180 apt-get download -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$1"; }

directory_of_font() {
    local found
    found=$(find "${FONT_PLACES[@]}" -name "$1" -print -quit 2>/dev/null || true)
    [[ -z $found ]] || dirname -- "$found"
}

# Letters are set in fonts of a tenth of the size, cut from those above; without them they are slower and look the same.
cut_fonts() {
    local wanted
    wanted=$(what_fonts_are_cut_from)
    [[ ! -r $FONTS/letter/cut-from || $(<"$FONTS/letter/cut-from") != "$wanted" ]] || return 0
    say "Cutting the letters' fonts to the characters they need, this once (about a minute)"
    FONTCONFIG_FILE=$FONTS/fonts.conf "$PYTHON" -m pdf.own_fonts "$FONTS/letter" >>var/set-up.log 2>&1 ||
        { say "The letters' fonts could not be cut; see $ROOT/var/set-up.log. Letters take longer."; return 0; }
    printf '%s\n' "$wanted" >"$FONTS/letter/cut-from"
    FONTCONFIG_FILE=$FONTS/fonts.conf fc-cache >/dev/null 2>&1 || true
}

what_fonts_are_cut_from() {
    cksum pdf/own_fonts.py pdf/general_characters.txt
    local file
    for file in Noto{Serif,Sans}CJK-{Regular,Bold}.ttc Fandol{Fang,Song,Hei,Kai}-Regular.otf; do
        find "${FONT_PLACES[@]}" -name "$file" -printf '%f %s\n' -quit 2>/dev/null || true
    done
}

write_fonts_conf() {
    local wanted
    wanted=$(fonts_conf)
    if [[ ! -r $FONTS/fonts.conf || $(<"$FONTS/fonts.conf") != "$wanted" ]]; then
        printf '%s\n' "$wanted" >"$FONTS/fonts.conf"
        FONTCONFIG_FILE=$FONTS/fonts.conf fc-cache >/dev/null 2>&1 || true
    fi
}

fonts_conf() {
    echo '<?xml version="1.0"?>'
    echo '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
    echo '<fontconfig>'
    font_directories | xml_text | sed 's|.*|  <dir>&</dir>|'
    xml_text <<<"$FONTS/cache" | sed 's|.*|  <cachedir>&</cachedir>|'
    cat <<'XML'
  <!-- Fandol's Bold and Regular announce the same weight. -->
  <match target="scan">
    <test name="family" compare="contains"><string>Fandol</string></test>
    <test name="style" compare="contains"><string>Bold</string></test>
    <edit name="weight" mode="assign"><const>bold</const></edit>
  </match>
  <alias><family>serif</family><prefer><family>Noto Serif CJK SC</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Noto Sans CJK SC</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Noto Sans Mono CJK SC</family></prefer></alias>
</fontconfig>
XML
}

font_directories() {
    local file
    for file in NotoSerifCJK-Regular.ttc NotoSansCJK-Regular.ttc FandolSong-Regular.otf BabelStoneHan.ttf; do
        directory_of_font "$file"
    done | sort -u
}

xml_text() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }
