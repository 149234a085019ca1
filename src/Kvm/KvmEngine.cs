// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>Runs guests on KVM, at CPL 3 for their whole life.</summary>
/// <remarks>
/// The threads that enter slots must block <see cref="ThreadSignal"/>: inside the virtual processor it is unblocked
/// and ends the entry.
/// </remarks>
public sealed class KvmEngine : IExecutionEngine
{
    private const string NoBase = "no memory base can be made";
    private const string NoSlot = "no execution slot can be made";

    private const string RaiseTheLimit =
        "raise the limit of open files (ulimit -n, LimitNOFILE=): a VM that runs needs three";

    private readonly KvmSystem _system;
    private readonly PageMap _pageMap;

    /// <summary>Opens KVM.</summary>
    /// <param name="path">Path of the device.</param>
    /// <exception cref="EngineException">KVM is missing or unusable; the message names the cure.</exception>
    public KvmEngine(string path = KvmSystem.DefaultPath)
    {
        _system = KvmSystem.Open(path);
        try
        {
            _pageMap = new PageMap();
            ResourceLimits.RaiseOpenFiles();
            using var processor = new VirtualProcessor(_system);
            ProcessorLevel = processor.State.Level;
            TscKhz = processor.ReadTscKhz();
        }
        catch (LinuxException e)
        {
            _system.Dispose();
            throw new EngineException($"cannot use {path}: {e.Message}; look into the kernel log (dmesg)", e);
        }
        catch
        {
            _system.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name => "kvm";

    /// <inheritdoc/>
    public uint ProcessorLevel { get; }

    /// <inheritdoc/>
    public uint TscKhz { get; }

    /// <inheritdoc/>
    public IMemoryBase CreateBase(BaseDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return Translate(NoBase, () => KvmMemoryBase.FromImage(description));
    }

    /// <inheritdoc/>
    public IMemoryBase CreateBase(BaseDescription description, BaseState state)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(state);
        return Translate(NoBase, () => KvmMemoryBase.FromState(description, state));
    }

    /// <inheritdoc/>
    public IExecutionSlot CreateSlot(ulong memoryBytes) => ResourceLimits.AreFilesScarce()
        ? throw new EngineException($"{NoSlot}: hardly a descriptor is left; {RaiseTheLimit}")
        : Translate(NoSlot, () => new KvmSlot(_system, _pageMap, memoryBytes));

    /// <inheritdoc/>
    public void Dispose()
    {
        _pageMap.Dispose();
        _system.Dispose();
    }

    private static T Translate<T>(string what, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (LinuxException e)
        {
            const int TooManyFiles = 24;
            string cure = e.Errno == TooManyFiles
                ? RaiseTheLimit
                : "stop other VMs or give the machine more memory";
            throw new EngineException($"{what}: {e.Message}; {cure}", e);
        }
    }
}
