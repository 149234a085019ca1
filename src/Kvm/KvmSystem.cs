// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Kvm.Interop;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>The open /dev/kvm, checked for what this engine needs.</summary>
public sealed class KvmSystem : IDisposable
{
    /// <summary>Path of the device.</summary>
    public const string DefaultPath = "/dev/kvm";

    private const int ENOENT = 2;
    private const int EACCES = 13;
    private const int ENODEV = 19;
    private const int EPERM = 1;
    private const int ENXIO = 6;

    private KvmSystem(FileDescriptor handle)
    {
        Handle = handle;
        RunBytes = (uint)KvmCall.Request(handle, "KVM_GET_VCPU_MMAP_SIZE", KvmIoctl.KVM_GET_VCPU_MMAP_SIZE);
        Cpuid = new CpuidTable(handle);
    }

    internal FileDescriptor Handle { get; }

    internal uint RunBytes { get; }

    internal CpuidTable Cpuid { get; }

    /// <summary>Opens and checks the device.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The device; the caller disposes it.</returns>
    /// <exception cref="EngineException">It is missing or unusable; the message names the cure.</exception>
    public static KvmSystem Open(string path = DefaultPath)
    {
        FileDescriptor? handle = null;
        try
        {
            handle = FileDescriptor.OpenReadWrite(path);
            CheckVersion(handle, path);
            return new KvmSystem(handle);
        }
        catch (LinuxException e)
        {
            handle?.Dispose();
            string why = Explain(e.Errno) ?? $"{e.Message}; look into the kernel log (dmesg)";
            throw new EngineException($"cannot use {path}: {why}", e);
        }
        catch (EngineException)
        {
            handle?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static void CheckVersion(FileDescriptor handle, string path)
    {
        int version;
        try
        {
            version = KvmCall.Request(handle, "KVM_GET_API_VERSION", KvmIoctl.KVM_GET_API_VERSION);
        }
        catch (LinuxException e)
        {
            throw new EngineException($"{path} is not the KVM device; use {DefaultPath}", e);
        }

        if (version != KvmIoctl.KVM_API_VERSION)
        {
            throw new EngineException(
                $"{path} speaks KVM API version {version}, not {KvmIoctl.KVM_API_VERSION}; use a newer Linux");
        }

        if (KvmCall.Request(
            handle, "KVM_CHECK_EXTENSION", KvmIoctl.KVM_CHECK_EXTENSION, KvmIoctl.KVM_CAP_IMMEDIATE_EXIT) == 0)
        {
            throw new EngineException($"{path} lacks KVM_CAP_IMMEDIATE_EXIT; use Linux 4.13 or newer");
        }
    }

    private static string? Explain(int errno) => errno switch
    {
        ENOENT => "there is no such file; load the module (modprobe kvm_intel or kvm_amd) and switch virtualization "
            + "on in the firmware, or in a cloud VM choose a type with nested virtualization",
        EACCES or EPERM =>
            "permission denied; add yourself to the group kvm (usermod -aG kvm $USER, then log in again)",
        ENODEV or ENXIO => "the device has no driver; load the module (modprobe kvm_intel or kvm_amd)",
        _ => null,
    };
}
