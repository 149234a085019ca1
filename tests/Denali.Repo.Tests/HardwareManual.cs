// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Denali.Repo.Tests;

/// <summary>Compares the manual of the virtual hardware with the assembly that defines it.</summary>
/// <remarks>
/// A type has a section whose heading holds its name in code quotes. A member is named in code quotes in a section of
/// its type; where it has a value or an offset, a line that names it shows that too.
/// </remarks>
internal static partial class HardwareManual
{
    private const BindingFlags PublicMembers =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What the manual does not say about the types.</summary>
    /// <param name="manual">The manual.</param>
    /// <param name="types">The types.</param>
    /// <returns>What is missing.</returns>
    public static IEnumerable<string> Missing(string manual, IEnumerable<Type> types)
    {
        IReadOnlyList<MarkdownText.Section> sections = MarkdownText.Sections(manual);
        foreach (Type type in types)
        {
            string name = type.Name.Split('`')[0];
            string[] lines =
            [
                .. sections.Where(section => section.Title.Contains($"`{name}`", StringComparison.Ordinal))
                    .SelectMany(section => section.Body.Split('\n')),
            ];
            if (lines.Length == 0)
            {
                yield return $"no section for {name}";
                continue;
            }

            foreach ((string member, ulong? value) in Members(type))
            {
                string[] naming = [.. lines.Where(line => line.Contains($"`{member}`", StringComparison.Ordinal))];
                if (naming.Length == 0)
                {
                    yield return $"{name}.{member} is not named in the section of {name}";
                }
                else if (value is { } number && !naming.Any(line => NumbersIn(line).Contains(number)))
                {
                    yield return $"{name}.{member} is named without its value {number} (0x{number:X})";
                }
            }
        }
    }

    private static IEnumerable<(string Name, ulong? Value)> Members(Type type)
    {
        foreach (FieldInfo field in type.GetFields(PublicMembers).Where(field => !field.IsSpecialName))
        {
            yield return (field.Name, field.IsLiteral ? Number(field.GetRawConstantValue()!)
                : type.IsExplicitLayout && !field.IsStatic ? (ulong)Marshal.OffsetOf(type, field.Name)
                : null);
        }

        foreach (PropertyInfo property in type.GetProperties(PublicMembers))
        {
            yield return (property.Name, null);
        }

        foreach (MethodInfo method in type.GetMethods(PublicMembers).Where(method => !method.IsSpecialName))
        {
            yield return (method.Name, null);
        }
    }

    private static ulong Number(object value) =>
        value is IConvertible number ? number.ToUInt64(CultureInfo.InvariantCulture) : 0;

    // Decimal numbers with or without commas, and hexadecimal ones with or without underscores.
    private static IEnumerable<ulong> NumbersIn(string line) =>
        Numeral().Matches(line).Select(match => match.Groups["hex"].Success
            ? ulong.Parse(Plain(match.Groups["hex"].Value), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : ulong.Parse(Plain(match.Value), CultureInfo.InvariantCulture));

    private static string Plain(string digits) =>
        digits.Replace(",", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<![\w])(0x(?<hex>[0-9A-Fa-f_]{1,19})|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,19})(?!\w)")]
    private static partial Regex Numeral();
}
