// SPDX-License-Identifier: MIT
using System.IO;
using System.Threading;
using Denali.Bench.Visits;
using Denali.Control.Disks;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Bench.Zipf;

/// <summary>One web VM holds all pages.</summary>
internal sealed class OneMachinePages : IPageServer
{
    private const ushort Port = 80;
    private const ulong MemoryBytes = 256 << 20;

    private readonly KvmEngine _engine = new();
    private readonly DiskImage _disk;
    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _image;
    private readonly TextObserver _observer = new();

    internal OneMachinePages(PageFiles files)
    {
        string path = Path.Combine(files.Folder, "disk");
        _ = DiskImageBuilder.Build(files.Site, path, 0, CancellationToken.None);
        _disk = DiskImage.Open(path, isReadOnly: true);
        _kernel = new IsolationKernel(_engine);
        Host = new SwitchHost(_kernel);
        _image = _kernel.Load(BenchGuest.Parse("web"), MemoryBytes);
        ulong id = _kernel.Create(new MachineOptions
        {
            Image = _image,
            Observer = _observer,
            Arguments = ["web"],
            Disks = [_disk],
            Network = new NetworkOptions(),
        });
        _observer.WaitReady();
        Pages = PageFiles.At(new IpEndpoint(_kernel.Switch.AddressOf(id), Port));
    }

    public ClientHost Host { get; }

    public PageSet Pages { get; }

    public void Dispose()
    {
        Host.Dispose();
        _kernel.Dispose();
        _image.Dispose();
        _disk.Dispose();
        _engine.Dispose();
        _observer.Dispose();
    }
}
