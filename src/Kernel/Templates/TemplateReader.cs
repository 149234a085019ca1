// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Kernel.Templates;

/// <summary>Reads a template from a file. Of the file nothing is believed that was not checked.</summary>
internal sealed class TemplateReader : IDisposable
{
    private const int BufferBytes = 1 << 16;
    private const int HashBytes = SHA256.HashSizeInBytes;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private TemplateReader(string path)
    {
        _path = path;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="engine">What the template is for.</param>
    /// <param name="nowNs">The kernel's clock.</param>
    /// <param name="image">The image that it must be of.</param>
    /// <param name="path">The file.</param>
    /// <returns>The template; the caller disposes it.</returns>
    /// <exception cref="KernelException">It is damaged, or not for this image or this machine.</exception>
    /// <exception cref="EngineException">The host has no memory left.</exception>
    internal static LoadedImage Read(IExecutionEngine engine, ulong nowNs, DenaliImage image, string path)
    {
        try
        {
            using var reader = new TemplateReader(path);
            return reader.Read(engine, nowNs, image);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KernelException($"the template '{path}' cannot be read ({e.Message}): boot it again", e);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private LoadedImage Read(IExecutionEngine engine, ulong nowNs, DenaliImage image)
    {
        TemplateHeader header = ReadHeader(engine, nowNs, image);
        if (header.MemoryBytes == 0 || !DenaliImage.TryResolveMemory(image, header.MemoryBytes, out var layout, out _))
        {
            throw Damaged();
        }

        CheckLength(header);
        string[] arguments = Encoding.UTF8.GetString(Take((int)header.ArgumentBytes))
            .Split('\0', StringSplitOptions.None)[..^1];
        ulong[] disks = new ulong[header.DiskCount];
        for (int i = 0; i < disks.Length; i++)
        {
            disks[i] = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
        }

        var commits = new ChunkMap(header.MemoryBytes);
        foreach (uint chunk in TakeNumbers(header.ChunkCount, 0, header.MemoryBytes / AddressMap.ChunkBytes))
        {
            commits.Add((int)chunk);
        }

        var state = new BaseState
        {
            ChargedBytes = header.ChargedBytes,
            Commits = commits,
            Pages = TakeNumbers(
                header.PageCount,
                AddressMap.RegisterPageBase / AddressMap.PageBytes,
                header.MemoryBytes / AddressMap.PageBytes),
            Read = (_, contents) => TakeInto(contents),
        };
        LoadedImage template = LoadedImage.CreateBooted(engine, image, layout, state, new TemplateFacts
        {
            HasNetwork = header.Flags.HasFlag(TemplateFlags.Network),
            HasDisks = header.Flags.HasFlag(TemplateFlags.Disks),
            DiskSectors = header.Flags.HasFlag(TemplateFlags.DisksUsed) ? disks : null,
            Arguments = arguments,
            CapturedNs = header.CapturedNs,
        });
        try
        {
            CheckHash();
            return template;
        }
        catch
        {
            template.Dispose();
            throw;
        }
    }

    private TemplateHeader ReadHeader(IExecutionEngine engine, ulong nowNs, DenaliImage image)
    {
        if (_file.Length < TemplateHeader.SizeBytes + HashBytes)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> bytes = Take(TemplateHeader.SizeBytes);
        if (!TemplateHeader.TryRead(bytes, out ReadOnlySpan<byte> identity, out TemplateHeader header))
        {
            throw new KernelException($"'{_path}' is no template: boot it again");
        }

        string? stale = header.Format != TemplateHeader.CurrentFormat ? "of another format"
            : header.Architecture != RegisterPage.CurrentVersion ? "for another version of the virtual hardware"
            : !identity.SequenceEqual(image.Identity) ? "of another image"
            : header.ProcessorLevel != engine.ProcessorLevel ? "for a processor of another level"
            : header.CapturedNs > nowNs ? "from before this machine was started again"
            : null;
        return stale is null
            ? header
            : throw new KernelException($"the template '{_path}' is {stale}: boot it again");
    }

    /// <summary>Checks that the file is as long as its counts say, before memory is taken for what it holds.</summary>
    private void CheckLength(in TemplateHeader header)
    {
        ulong length = TemplateHeader.SizeBytes
            + header.ArgumentBytes
            + ((ulong)header.DiskCount * sizeof(ulong))
            + ((ulong)header.ChunkCount * sizeof(uint))
            + ((ulong)header.PageCount * (sizeof(uint) + AddressMap.PageBytes))
            + HashBytes;
        if ((ulong)_file.Length != length
            || header.ArgumentBytes > AddressMap.ArgumentsMaxBytes
            || header.DiskCount > DiskEntry.MaxCount
            || header.PageCount == 0
            || (header.Flags & ~TemplateFlags.All) != 0)
        {
            throw Damaged();
        }
    }

    private void CheckHash()
    {
        Span<byte> expected = stackalloc byte[HashBytes];
        _file.ReadExactly(expected);
        if (!expected.SequenceEqual(_hash.GetHashAndReset()))
        {
            throw Damaged();
        }
    }

    /// <summary>Reads numbers, which must ascend.</summary>
    private uint[] TakeNumbers(uint count, ulong first, ulong end)
    {
        uint[] numbers = new uint[count];
        ulong least = first;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < numbers.Length; i++)
        {
            TakeInto(bytes);
            numbers[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (numbers[i] < least || numbers[i] >= end)
            {
                throw Damaged();
            }

            least = numbers[i] + 1UL;
        }

        return numbers;
    }

    private byte[] Take(int count)
    {
        byte[] bytes = new byte[count];
        TakeInto(bytes);
        return bytes;
    }

    private void TakeInto(Span<byte> bytes)
    {
        _file.ReadExactly(bytes);
        _hash.AppendData(bytes);
    }

    private KernelException Damaged() => new($"the template '{_path}' is damaged: boot it again");
}
