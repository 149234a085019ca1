// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;

namespace Denali.Bench.Tests;

/// <summary>
/// The contract of a benchmark's JSON, checked field by field. Knows nothing of the code that writes it.
/// </summary>
internal static class ReportSchema
{
    private static readonly string[] s_reportFields =
        ["benchmark", "command", "commit", "machine", "kernel", "date", "results"];

    private static readonly string[] s_rowFields =
        ["name", "value", "unit", "peer", "peerValue", "ratio", "aim", "met"];

    /// <summary>Lists what is wrong.</summary>
    /// <param name="json">The file's text.</param>
    /// <returns>Nothing if all is right.</returns>
    internal static List<string> Check(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        var wrong = new List<string>();
        CheckFields(root, s_reportFields, "report", wrong);
        if (wrong.Count > 0)
        {
            return wrong;
        }

        foreach (string field in s_reportFields[..^1])
        {
            if (root.GetProperty(field).ValueKind != JsonValueKind.String || root.GetProperty(field).GetString() == "")
            {
                wrong.Add($"{field} is not a text");
            }
        }

        if (!DateTimeOffset.TryParseExact(
            root.GetProperty("date").ToString(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out _))
        {
            wrong.Add("date is not of the form 2026-01-31T12:00:00Z");
        }

        JsonElement results = root.GetProperty("results");
        if (results.ValueKind != JsonValueKind.Array || results.GetArrayLength() == 0)
        {
            wrong.Add("results is not a list with something in it");
            return wrong;
        }

        foreach (JsonElement row in results.EnumerateArray())
        {
            CheckRow(row, wrong);
        }

        return wrong;
    }

    private static void CheckRow(JsonElement row, List<string> wrong)
    {
        int before = wrong.Count;
        CheckFields(row, s_rowFields, "row", wrong);
        if (wrong.Count > before)
        {
            return;
        }

        string name = row.GetProperty("name").ToString();
        Require(row, "name", wrong, name, JsonValueKind.String);
        Require(row, "unit", wrong, name, JsonValueKind.String);
        Require(row, "value", wrong, name, JsonValueKind.Number, JsonValueKind.Null);
        Require(row, "peer", wrong, name, JsonValueKind.String, JsonValueKind.Null);
        Require(row, "peerValue", wrong, name, JsonValueKind.Number, JsonValueKind.Null);
        Require(row, "ratio", wrong, name, JsonValueKind.Number, JsonValueKind.Null);
        Require(row, "aim", wrong, name, JsonValueKind.String, JsonValueKind.Null);
        Require(row, "met", wrong, name, JsonValueKind.True, JsonValueKind.False, JsonValueKind.Null);
        if (IsNull(row, "peer") != IsNull(row, "peerValue") || IsNull(row, "peer") != IsNull(row, "ratio"))
        {
            wrong.Add($"{name}: peer, peerValue and ratio go together");
        }

        if (IsNull(row, "aim") != IsNull(row, "met"))
        {
            wrong.Add($"{name}: aim and met go together");
        }
    }

    private static bool IsNull(JsonElement row, string field) =>
        row.GetProperty(field).ValueKind == JsonValueKind.Null;

    private static void CheckFields(JsonElement element, string[] fields, string what, List<string> wrong)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            wrong.Add($"the {what} is not an object");
            return;
        }

        string[] found = [.. element.EnumerateObject().Select(property => property.Name)];
        if (!found.SequenceEqual(fields))
        {
            wrong.Add($"the {what} has the fields {string.Join(", ", found)}");
        }
    }

    private static void Require(
        JsonElement row, string field, List<string> wrong, string name, params JsonValueKind[] kinds)
    {
        if (!kinds.Contains(row.GetProperty(field).ValueKind))
        {
            wrong.Add($"{name}: {field} is {row.GetProperty(field).ValueKind}");
        }
    }
}
