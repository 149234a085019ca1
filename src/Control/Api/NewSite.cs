// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>A site that is to be made. It has a directory or a disk image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Directory">Full path of the directory that it serves, or null.</param>
/// <param name="Image">Full path of the disk image that it serves, or null.</param>
public sealed record NewSite(string Name, string? Directory = null, string? Image = null);
