// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>A site that is to be made. It has a directory, or a guest, or is a clone.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Directory">Full path of the directory that it serves, or null.</param>
/// <param name="Guest">Full path of the image of a guest that serves it, or null.</param>
public sealed record NewSite(string Name, string? Directory = null, string? Guest = null);
