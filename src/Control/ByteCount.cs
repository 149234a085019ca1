// SPDX-License-Identifier: MIT
using System.Globalization;

namespace Denali.Control;

/// <summary>Sizes as people read them, in powers of 1024.</summary>
public static class ByteCount
{
    /// <summary>Writes a size.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <returns>With a unit and at most one decimal.</returns>
    public static string Format(ulong bytes) => bytes switch
    {
        >= 1UL << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1UL << 30):0.#} GiB"),
        >= 1UL << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1UL << 20):0.#} MiB"),
        >= 1UL << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1UL << 10):0.#} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };
}
