// SPDX-License-Identifier: MIT
using System.Text.Json.Serialization;

namespace Denali.Control.Api;

/// <summary>What goes over the local socket, and what commands print, as JSON. Written at compile time: nothing is
/// looked up by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(KernelSample))]
[JsonSerializable(typeof(NewSite))]
[JsonSerializable(typeof(PageList))]
[JsonSerializable(typeof(SiteDetail))]
[JsonSerializable(typeof(SiteDone))]
[JsonSerializable(typeof(SitePage))]
[JsonSerializable(typeof(SiteRow))]
public sealed partial class ApiJson : JsonSerializerContext
{
}
