// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>Descriptors are closed once, and a failure says what was tried and why it failed.</summary>
public sealed class FileDescriptorTests
{
    private const int NoEntry = 2;
    private const int IsDirectory = 21;
    private const int NotDirectory = 20;

    [Theory]
    [InlineData("/nonexistent/file", NoEntry)]
    [InlineData("", NoEntry)]
    [InlineData("/", IsDirectory)]
    [InlineData("/dev/null/x", NotDirectory)]
    public void OpenReadWrite_Impossible_SaysWhatAndWhy(string path, int errno)
    {
        LinuxException e = Assert.Throws<LinuxException>(() => FileDescriptor.OpenReadWrite(path));

        Assert.Equal(errno, e.Errno);
        Assert.StartsWith($"open of {path} failed: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(errno {errno})", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenReadWrite_NameWithOtherLetters_IsUtf8()
    {
        string path = Path.Combine(Path.GetTempPath(), $"denali-\u00fc-{Environment.ProcessId}");
        File.WriteAllText(path, "x");
        try
        {
            using FileDescriptor file = FileDescriptor.OpenReadWrite(path);
            Assert.False(file.IsInvalid);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Dispose_Twice_ClosesOnce()
    {
        FileDescriptor file = FileDescriptor.OpenReadWrite("/dev/null");
        int number = file.Fd;
        file.Dispose();
        using FileDescriptor next = FileDescriptor.OpenReadWrite("/dev/null");
        file.Dispose();

        // The number is used again at once, so a second close would hit the next descriptor.
        Assert.True(File.Exists($"/proc/self/fd/{next.Fd}"), $"{number} was closed twice");
        Assert.Throws<ObjectDisposedException>(() => file.Fd);
    }

    [Fact]
    public void Numbers_ZeroIsValid_MinusOneIsNot()
    {
        using var none = new FileDescriptor();
        var zero = new FileDescriptor(0);
        Assert.True(none.IsInvalid);
        Assert.False(zero.IsInvalid);
        zero.SetHandleAsInvalid();
    }

    [Fact]
    public void RaiseOpenFiles_GivesAtLeastWhatThereWas() => Assert.True(ResourceLimits.RaiseOpenFiles() >= 64);
}
