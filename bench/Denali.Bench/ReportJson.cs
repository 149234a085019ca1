// SPDX-License-Identifier: MIT
using System.Text.Json.Serialization;

namespace Denali.Bench;

/// <summary>How reports are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(BenchmarkReport))]
public sealed partial class ReportJson : JsonSerializerContext;
