// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Images;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>The guests that the project builds.</summary>
internal static class TestGuest
{
    /// <summary>Reads one.</summary>
    internal static DenaliImage Load(string name)
    {
        string path = Path.Combine(FindRoot(), "artifacts", "guests", name + ".denali");
        Assert.True(File.Exists(path), $"the guest {name} is not built: ./denali test builds it");
        Assert.True(
            DenaliImage.TryParse(File.ReadAllBytes(path), out DenaliImage? image, out ImageError error), error.Message);
        return image!;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Denali.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"no Denali.slnx above {AppContext.BaseDirectory}");
    }
}
