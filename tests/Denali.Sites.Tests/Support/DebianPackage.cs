// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Denali.Guests.Tests;
using Xunit;

namespace Denali.Sites.Tests.Support;

/// <summary>A documentation package of Debian, unpacked: a directory that somebody else made.</summary>
internal sealed class DebianPackage : IDisposable
{
    // Five thousand pages about C++, whose names are those of its operators.
    private const string Package = "cppreference-doc-en-html";
    private const string Variable = "DENALI_DOCUMENTS";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly string? _folder;

    private DebianPackage(string content, string? folder)
    {
        Content = content;
        _folder = folder;
    }

    /// <summary>The directory.</summary>
    internal string Content { get; }

    /// <summary>Fetches it; skips the test where that is not possible.</summary>
    /// <remarks>The variable <c>DENALI_DOCUMENTS</c> may name another directory instead.</remarks>
    internal static DebianPackage Fetch()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return new DebianPackage(Path.GetFullPath(named), null);
        }

        Tool.Needs("apt-get", "apt");
        Tool.Needs("dpkg-deb", "dpkg");
        string folder = Directory.CreateTempSubdirectory("denali-package-").FullName;
        bool isThere = Run("apt-get", folder, "download", Package)
            && Run("dpkg-deb", folder, "-x", Directory.GetFiles(folder, "*.deb").Single(), "content");
        if (!isThere)
        {
            Directory.Delete(folder, recursive: true);
            Assert.Skip($"the package {Package} cannot be fetched; {Variable} may name a directory instead");
        }

        return new DebianPackage(Path.Combine(folder, "content"), folder);
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static bool Run(string name, string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(name, arguments) { WorkingDirectory = folder })!;
        if (process.WaitForExit(s_limit))
        {
            return process.ExitCode == 0;
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return false;
    }
}
