// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Denali.Bench.Peers;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>What the microvms start with.</summary>
public sealed class InitialFilesTests
{
    [Fact]
    public void Program_Started_SaysThatItIsReadyAndWaits()
    {
        string path = Path.Combine(Path.GetTempPath(), $"denali-init-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, InitialFiles.Program());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            // It throws if the word does not come.
            new PeerProcess(path, []).Dispose();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Make_Archive_HasThePartsOfOne()
    {
        byte[] archive = InitialFiles.Make();

        string text = Encoding.Latin1.GetString(archive);
        Assert.Equal(0, archive.Length % 4);
        Assert.Equal(4, text.Split("070701").Length - 1);
        Assert.All(
            (string[])["dev\0", "dev/console\0", "init\0", "TRAILER!!!\0"],
            name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.True(archive.AsSpan().IndexOf(InitialFiles.Program()) % 4 == 0);
    }
}
