// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>What kind of content a file has, by the end of its name (IANA's registry of media types).</summary>
public static class MediaTypes
{
    private const int UnknownType = -1;

    // One line a type, then the extensions that mean it; the most frequent first, for they are found first.
    private static ReadOnlySpan<byte> Table =>
        """
        text/html html htm shtml
        text/css css
        text/javascript js mjs
        image/png png
        image/jpeg jpg jpeg
        image/svg+xml svg svgz
        image/gif gif
        image/webp webp
        font/woff2 woff2
        application/json json map
        text/plain txt log
        image/x-icon ico
        font/woff woff
        text/xml xml
        application/pdf pdf
        image/avif avif
        font/ttf ttf
        font/otf otf
        font/collection ttc
        application/vnd.ms-fontobject eot
        text/markdown md
        text/csv csv
        text/calendar ics
        application/xhtml+xml xhtml
        application/atom+xml atom
        application/rss+xml rss
        application/manifest+json webmanifest
        application/wasm wasm
        application/zip zip
        application/gzip gz tgz
        application/x-bzip2 bz2
        application/x-xz xz
        application/zstd zst
        application/x-tar tar
        application/x-7z-compressed 7z
        application/java-archive jar war ear
        application/epub+zip epub
        application/postscript ps eps ai
        application/rtf rtf
        application/msword doc
        application/vnd.ms-excel xls
        application/vnd.ms-powerpoint ppt
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        image/bmp bmp
        image/tiff tif tiff
        audio/mpeg mp3
        audio/ogg ogg oga opus
        audio/mp4 m4a
        audio/wav wav
        audio/flac flac
        audio/midi mid midi
        video/mp4 mp4
        video/webm webm
        video/mpeg mpeg mpg
        video/quicktime mov
        video/x-matroska mkv

        """u8;

    /// <summary>Finds the media type of a file.</summary>
    /// <param name="path">Its path or name.</param>
    /// <returns>What <see cref="NameOf"/> takes.</returns>
    public static int Find(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        int dot = name.LastIndexOf((byte)'.');
        ReadOnlySpan<byte> extension = dot < 0 ? default : name[(dot + 1)..];
        ReadOnlySpan<byte> table = Table;
        int at = 0;
        while (!extension.IsEmpty && at < table.Length)
        {
            ReadOnlySpan<byte> line = table[at..];
            line = line[..line.IndexOf((byte)'\n')];
            if (HasWord(line[(line.IndexOf((byte)' ') + 1)..], extension))
            {
                return at;
            }

            at += line.Length + 1;
        }

        return UnknownType;
    }

    /// <summary>The name of a media type.</summary>
    /// <param name="type">What <see cref="Find"/> returned.</param>
    /// <returns>The name, in lower case.</returns>
    public static ReadOnlySpan<byte> NameOf(int type)
    {
        if (type == UnknownType)
        {
            return "application/octet-stream"u8;
        }

        ReadOnlySpan<byte> line = Table[type..];
        return line[..line.IndexOf((byte)' ')];
    }

    private static bool HasWord(ReadOnlySpan<byte> words, ReadOnlySpan<byte> word)
    {
        while (true)
        {
            int space = words.IndexOf((byte)' ');
            if (ByteText.EqualsIgnoringCase(word, space < 0 ? words : words[..space]))
            {
                return true;
            }

            if (space < 0)
            {
                return false;
            }

            words = words[(space + 1)..];
        }
    }
}
