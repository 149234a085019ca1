// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;

namespace Denali.Bench.Peers;

/// <summary>
/// A Linux in QEMU's microvm machine for each service, with nothing in it but a tiny program that says that it is
/// ready. The kernel is one of Debian's, or that which DENALI_BENCH_LINUX names.
/// </summary>
internal sealed class QemuPeer : IPeerKind
{
    private const string KernelVariable = "DENALI_BENCH_LINUX";

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
    private readonly string? _program = PeerProcess.Find("qemu-system-x86_64");
    private readonly string? _kernel = FindKernel();

    public string Name => "Linux in a QEMU microvm";

    public string? Missing =>
        _program is null ? "not installed: apt-get install qemu-system-x86"
        : _kernel is null ? $"no kernel: apt-get install linux-image-cloud-amd64, or set {KernelVariable}"
        : null;

    public IPeerInstance Start(int number)
    {
        string initial = Path.Combine(_folder, "initramfs");
        if (!File.Exists(initial))
        {
            File.WriteAllBytes(initial, InitialFiles.Make());
        }

        return new PeerProcess(_program!,
        [
            "-M", "microvm", "-enable-kvm", "-cpu", "host,arch-capabilities=off", "-m", "128m", "-nodefaults",
            "-no-user-config", "-nographic", "-serial", "stdio", "-kernel", _kernel!, "-initrd", initial,
            "-append", "console=ttyS0 quiet panic=-1",
        ]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? FindKernel()
    {
        string? named = Environment.GetEnvironmentVariable(KernelVariable);
        return named is { Length: > 0 }
            ? (File.Exists(named) ? named : null)
            : Directory.Exists("/boot") ? Directory.GetFiles("/boot", "vmlinuz-*").Order().LastOrDefault() : null;
    }
}
