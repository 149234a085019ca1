// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Sites.Tests.Support;

/// <summary>A response as it came.</summary>
/// <param name="Status">Its status; 0 if the connection ended without a response.</param>
/// <param name="Fields">Its fields in their order.</param>
/// <param name="Content">Its content, without the framing.</param>
/// <param name="IsWhole">Whether all of the content that was announced came.</param>
internal sealed record RawResponse(
    int Status, IReadOnlyList<(string Name, string Value)> Fields, byte[] Content, bool IsWhole)
{
    /// <summary>The value of a field, or null.</summary>
    internal string? Field(string name)
    {
        string[] values =
        [
            .. Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(field => field.Value),
        ];
        return values.Length == 0 ? null : string.Join(", ", values);
    }
}
