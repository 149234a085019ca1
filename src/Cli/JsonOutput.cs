// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Denali.Cli;

/// <summary>Output for programs: a JSON object a line.</summary>
internal static class JsonOutput
{
    /// <summary>Writes a line.</summary>
    internal static void WriteLine<T>(T value, JsonTypeInfo<T> type) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
