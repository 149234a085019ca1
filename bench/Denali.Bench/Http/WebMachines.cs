// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using Denali.Control.Disks;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Bench.Http;

/// <summary>VMs of the web guest that serve the same disk, joined to a network namespace by a TAP interface.</summary>
internal sealed class WebMachines : IDisposable
{
    private const string TapName = "denalibench";
    private const int Port = 80;

    private readonly KvmEngine _engine = new();
    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _image;
    private readonly string _disk;
    private readonly List<(ulong Id, TextObserver Observer, DiskImage Disk)> _machines = [];

    internal WebMachines(NamespaceThread home, WebContent content)
    {
        _disk = Path.Combine(content.Folder, "site.img");
        _ = DiskImageBuilder.Build(content.Site, _disk, 0, CancellationToken.None);
        IsolationKernel? kernel = null;
        home.Invoke(() => kernel = new IsolationKernel(_engine, new KernelOptions { TapName = TapName }));
        _kernel = kernel!;
        home.Ip($"addr add 10.0.0.1/8 dev {TapName}");
        _image = _kernel.Load(BenchGuest.Parse("web"));
    }

    /// <summary>Where the VMs listen.</summary>
    internal IReadOnlyList<IPEndPoint> Endpoints =>
        [.. _machines.Select(machine => EndpointOf(_kernel.Switch.AddressOf(machine.Id)))];

    /// <summary>What the VMs have used and sent until now.</summary>
    internal WebUsage Usage()
    {
        WebUsage sum = default;
        foreach ((ulong id, _, _) in _machines)
        {
            if (!_kernel.TryGetUsage(id, out MachineUsage usage)
                || !_kernel.Switch.TryGetCounters(id, out NetworkCounters counters))
            {
                throw new InvalidOperationException("a VM has ended");
            }

            sum = sum.Plus(new WebUsage(
                usage.CpuNs, usage.ExitCount, counters.FramesReceived, counters.FramesSent, TimeSpan.Zero));
        }

        return sum with { Process = Environment.CpuUsage.TotalTime };
    }

    /// <summary>Makes VMs until there are so many.</summary>
    internal void Start(int count)
    {
        int first = _machines.Count;
        while (_machines.Count < count)
        {
            var observer = new TextObserver();
            DiskImage disk = DiskImage.Open(_disk, isReadOnly: true);
            ulong id = _kernel.Create(new MachineOptions
            {
                Image = _image,
                Observer = observer,
                Arguments = ["web"],
                Disks = [disk],
                Network = new NetworkOptions(),
            });
            _machines.Add((id, observer, disk));
        }

        _machines[first..].ForEach(machine => machine.Observer.WaitReady());
    }

    public void Dispose()
    {
        foreach ((ulong id, TextObserver observer, DiskImage disk) in _machines)
        {
            _kernel.Kill(id);
            observer.WaitGone();
            observer.Dispose();
            disk.Dispose();
        }

        _image.Dispose();
        _kernel.Dispose();
        _engine.Dispose();
    }

    private static IPEndPoint EndpointOf(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpText.LongestBytes];
        return new IPEndPoint(IPAddress.Parse(Encoding.ASCII.GetString(text[..IpText.Format(address, text)])), Port);
    }
}
