// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;
using Denali.Kvm;

namespace Denali.Bench;

/// <summary>A kernel with one worker, and VMs on it that serve requests.</summary>
internal sealed class ServiceFleet : IDisposable
{
    private const int FrameBytes = 64;

    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _image;

    /// <summary>Starts the VMs and waits until they are ready.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="machines">How many.</param>
    /// <param name="delivery">How they are interrupted.</param>
    /// <param name="waiting">How they wait for a timer of theirs, see the guest "benchnet"; null for no timer.</param>
    internal ServiceFleet(
        KvmEngine engine,
        int machines,
        InterruptDelivery delivery = InterruptDelivery.Batched,
        string? waiting = null)
    {
        _kernel = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1, InterruptDelivery = delivery });
        _image = _kernel.Load(BenchGuest.ParseNetwork());
        var observer = new GuestObserver();
        string[] arguments = waiting is null ? ["benchnet", "serve"] : ["benchnet", "serve", waiting];
        ulong[] ids =
        [
            .. Enumerable.Range(0, machines).Select(_ => _kernel.Create(new MachineOptions
            {
                Image = _image,
                Observer = observer,
                Arguments = arguments,
                Network = new NetworkOptions(),
            })),
        ];
        observer.WaitReady(machines);
        Load = new LoadGenerator(_kernel.Switch, ids, FrameBytes);
    }

    /// <summary>What asks them.</summary>
    internal LoadGenerator Load { get; }

    public void Dispose()
    {
        _kernel.Dispose();
        _image.Dispose();
    }
}
