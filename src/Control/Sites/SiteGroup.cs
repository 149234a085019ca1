// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Linq;

namespace Denali.Control.Sites;

/// <summary>Sites whose VMs have a limit in common, such as those of one customer.</summary>
/// <param name="Name">What refusals call it.</param>
/// <param name="MemoryBytes">Most memory that their VMs may have together, in bytes.</param>
public sealed record SiteGroup(string Name, ulong MemoryBytes)
{
    // Less holds hardly a VM, and no machine has more.
    private const ulong BytesMin = 1UL << 20;
    private const ulong BytesMax = 1UL << 40;

    private const int NameMax = 63;

    /// <summary>Reads the line that begins a group, without its brackets: a name and a size.</summary>
    /// <param name="text">Such as "acme 512M".</param>
    /// <returns>The group.</returns>
    /// <exception cref="ControlException">It is none.</exception>
    internal static SiteGroup Parse(string text)
    {
        string[] parts = text.Split(
            [' ', '\t'], System.StringSplitOptions.RemoveEmptyEntries | System.StringSplitOptions.TrimEntries);
        if (parts is not [string name, string size] || name.Length > NameMax || !name.All(IsOfName))
        {
            throw new ControlException(
                $"'[{text}]' is not a group: write [NAME SIZE], as in [acme 512M], with letters, digits and hyphens");
        }

        int shift = size[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return ulong.TryParse(
                shift == 0 ? size : size[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            && number <= BytesMax >> shift
            && number << shift >= BytesMin
            ? new SiteGroup(name, number << shift)
            : throw new ControlException($"'{size}' is not a size for a group: write 1M to 1024G");
    }

    private static bool IsOfName(char character) => char.IsAsciiLetterOrDigit(character) || character == '-';
}
