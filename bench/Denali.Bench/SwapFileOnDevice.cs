// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Denali.Linux;

namespace Denali.Bench;

/// <summary>A kernel's swap file, of which the host is made to forget what it has in its page cache.</summary>
internal sealed class SwapFileOnDevice : IDisposable
{
    private readonly FileDescriptor _file;

    /// <summary>Opens it beside the kernel, whose lock keeps only those out who ask for one.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    internal SwapFileOnDevice(string path) => _file = FileDescriptor.OpenReadOnly(path);

    /// <summary>Bytes that devices have read for this process so far: read_bytes of /proc/PID/io, which does not count
    /// what comes out of the page cache.</summary>
    internal static long ReadBytes
    {
        get
        {
            const string Name = "read_bytes:";
            string line = File.ReadLines("/proc/self/io")
                .First(line => line.StartsWith(Name, StringComparison.Ordinal));
            return long.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Lets the device have all, and the page cache nothing.</summary>
    /// <returns>The value of <see cref="ReadBytes"/> then.</returns>
    internal long Drop()
    {
        CachedFile.Drop(_file);
        return ReadBytes;
    }
}
