// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Images;

namespace Denali.Kernel;

/// <summary>An image with a memory size, ready for VMs to be made of it. They share its memory copy-on-write.</summary>
/// <remarks>Immutable; any thread. VMs that run keep working after it is disposed.</remarks>
public sealed class LoadedImage : IDisposable
{
    private LoadedImage(DenaliImage image, MemoryLayout layout, IMemoryBase memoryBase)
    {
        Image = image;
        Layout = layout;
        Base = memoryBase;
    }

    /// <summary>The image.</summary>
    public DenaliImage Image { get; }

    /// <summary>Where things lie in the VMs' memory.</summary>
    public MemoryLayout Layout { get; }

    internal IMemoryBase Base { get; }

    /// <inheritdoc/>
    public void Dispose() => Base.Dispose();

    /// <summary>Prepares an image on an engine.</summary>
    /// <exception cref="KernelException">The image cannot run with this memory size or on this machine.</exception>
    internal static LoadedImage Create(IExecutionEngine engine, DenaliImage image, ulong memoryBytes)
    {
        if (!DenaliImage.TryResolveMemory(image, memoryBytes, out MemoryLayout layout, out ImageError error))
        {
            throw new KernelException(error.Message);
        }

        if (image.Note.ProcessorLevel > engine.ProcessorLevel)
        {
            throw new KernelException(
                $"the image needs an x86-64-v{image.Note.ProcessorLevel} processor and this one is at level "
                + $"{engine.ProcessorLevel}: build the guest with <DenaliProcessorLevel>{engine.ProcessorLevel}");
        }

        Hardware.FeatureBits missing = image.Note.RequiredFeatures & ~IsolationKernel.KnownFeatures;
        if (missing != 0)
        {
            throw new KernelException(
                $"the image needs a device that this kernel does not have: {missing}; use an image without it");
        }

        var regions = new List<BaseRegion>(image.Segments.Length);
        foreach (ImageSegment segment in image.Segments)
        {
            regions.Add(MakeRegion(image, segment));
        }

        IMemoryBase memoryBase = engine.CreateBase(new BaseDescription
        {
            MemoryBytes = layout.MemoryBytes,
            Entry = image.Entry,
            Regions = regions,
            HeapBase = layout.HeapBase,
            StackAreaBase = layout.StackAreaBase,
            StackBytes = layout.StackBytes,
        });
        return new LoadedImage(image, layout, memoryBase);
    }

    private static BaseRegion MakeRegion(DenaliImage image, ImageSegment segment)
    {
        ReadOnlyMemory<byte> contents = image.File.Slice(segment.FileOffset, segment.FileBytes);
        int lead = (int)(segment.Address - segment.PageBase);
        if (lead != 0)
        {
            byte[] padded = new byte[lead + contents.Length];
            contents.CopyTo(padded.AsMemory(lead));
            contents = padded;
        }

        Permissions permissions = (segment.IsWritable ? Permissions.Write : Permissions.Read)
            | (segment.IsExecutable ? Permissions.Execute : Permissions.Read);
        return new BaseRegion(segment.PageBase, segment.End - segment.PageBase, contents, permissions);
    }
}
