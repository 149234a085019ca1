// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Denali.GuestChecker;

/// <summary>Looks through one assembly.</summary>
public sealed class AssemblyChecker
{
    private readonly string _file;
    private readonly PEReader _image;
    private readonly MetadataReader _reader;
    private readonly MetadataReader? _symbols;
    private readonly SourceMap _map;
    private readonly List<Finding> _findings = [];

    private AssemblyChecker(string file, PEReader image, MetadataReader? symbols, SourceMap map)
    {
        _file = file;
        _image = image;
        _reader = image.GetMetadataReader();
        _symbols = symbols;
        _map = map;
    }

    /// <summary>Looks through an assembly. Lines come from the symbol file beside it.</summary>
    /// <param name="file">The assembly.</param>
    /// <param name="map">Where sources lie.</param>
    /// <returns>What a guest cannot do.</returns>
    public static IReadOnlyList<Finding> Check(string file, SourceMap map)
    {
        using PEReader image = new(File.OpenRead(file));
        string symbolFile = Path.ChangeExtension(file, ".pdb");
        using MetadataReaderProvider? symbols = File.Exists(symbolFile)
            ? MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(symbolFile))
            : null;
        AssemblyChecker checker = new(file, image, symbols?.GetMetadataReader(), map);
        checker.CheckEntryPoint();
        checker.CheckFields();
        foreach (MethodDefinitionHandle method in checker._reader.MethodDefinitions)
        {
            checker.CheckMethod(method);
        }

        return checker._findings;
    }

    private void CheckEntryPoint()
    {
        int token = _image.PEHeaders.CorHeader?.EntryPointTokenOrRelativeVirtualAddress ?? 0;
        if (token == 0)
        {
            return;
        }

        var handle = (MethodDefinitionHandle)MetadataTokens.EntityHandle(token);
        BlobReader signature = _reader.GetBlobReader(_reader.GetMethodDefinition(handle).Signature);
        signature.ReadSignatureHeader();
        if (signature.ReadCompressedInteger() != 0)
        {
            Add(Rule.MainParameters, handle, 0);
        }
    }

    private void CheckFields()
    {
        foreach (FieldDefinitionHandle handle in _reader.FieldDefinitions)
        {
            FieldDefinition field = _reader.GetFieldDefinition(handle);
            foreach (CustomAttributeHandle attribute in field.GetCustomAttributes())
            {
                if (MetadataNames.OfAttribute(_reader, attribute) == "System.ThreadStaticAttribute")
                {
                    // Fields have no place in the symbols: say where their class is.
                    MethodDefinitionHandle near =
                        _reader.GetTypeDefinition(field.GetDeclaringType()).GetMethods().FirstOrDefault();
                    Add(Rule.ThreadStatic, near, 0, _reader.GetString(field.Name));
                }
            }
        }
    }

    private void CheckMethod(MethodDefinitionHandle handle)
    {
        MethodDefinition method = _reader.GetMethodDefinition(handle);
        MethodAttributes attributes = method.Attributes;
        bool isVirtual = (attributes & MethodAttributes.Virtual) != 0 && (attributes & MethodAttributes.Static) == 0;
        if (isVirtual && method.GetGenericParameters().Count != 0)
        {
            Add(Rule.GenericVirtual, handle, 0);
        }

        if (isVirtual && _reader.StringComparer.Equals(method.Name, "Finalize"))
        {
            Add(Rule.Finalizer, handle, 0);
        }

        if ((method.ImplAttributes & MethodImplAttributes.Synchronized) != 0)
        {
            Add(Rule.Lock, handle, 0);
        }

        if ((attributes & MethodAttributes.PinvokeImpl) != 0 && !IsAllowedImport(method))
        {
            Add(Rule.NativeImport, handle, 0);
        }

        if (method.RelativeVirtualAddress != 0)
        {
            CheckBody(handle, _image.GetMethodBody(method.RelativeVirtualAddress));
        }
    }

    private bool IsAllowedImport(MethodDefinition method)
    {
        StringHandle library = _reader.GetModuleReference(method.GetImport().Module).Name;
        return _reader.StringComparer.Equals(library, "*")
            && method.DecodeSignature(new BlittableTypes(_reader), null) is var signature
            && signature.ReturnType
            && signature.ParameterTypes.All(static isBlittable => isBlittable);
    }

    private void CheckBody(MethodDefinitionHandle method, MethodBodyBlock body)
    {
        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            if (region.Kind is ExceptionRegionKind.Catch or ExceptionRegionKind.Filter)
            {
                Add(Rule.Catch, method, region.HandlerOffset);
            }
        }

        List<Instruction> instructions = InstructionReader.Read(body.GetILReader());
        for (int i = 0; i < instructions.Count; i++)
        {
            if (instructions[i].Code.OperandType == System.Reflection.Emit.OperandType.InlineMethod)
            {
                CheckCall(method, instructions[i], i > 0 ? instructions[i - 1] : default);
            }
        }
    }

    private void CheckCall(MethodDefinitionHandle method, Instruction call, Instruction before)
    {
        (EntityHandle type, string name) = MetadataNames.OfMethod(_reader, MetadataTokens.EntityHandle(call.Token));
        string typeName = MetadataNames.OfType(_reader, type);
        if (typeName == "System.Threading.Monitor")
        {
            // A lock calls twice; the first call says it.
            if (name == "Enter")
            {
                Add(Rule.Lock, method, call.Offset);
            }
        }
        else if (type.Kind == HandleKind.TypeSpecification && IsMultiDimensionalArray((TypeSpecificationHandle)type))
        {
            if (name == ".ctor")
            {
                Add(Rule.MultiDimensionalArray, method, call.Offset);
            }
        }
        else if (typeName == "System.Object"
            && name is "Equals" or "GetHashCode"
            && before.Code == System.Reflection.Emit.OpCodes.Constrained
            && LacksMethod(MetadataTokens.EntityHandle(before.Token), name))
        {
            Add(Rule.StructEquality, method, call.Offset);
        }
    }

    private bool IsMultiDimensionalArray(TypeSpecificationHandle handle) =>
        _reader.GetBlobReader(_reader.GetTypeSpecification(handle).Signature).ReadSignatureTypeCode()
            == SignatureTypeCode.Array;

    // Of a structure of this assembly; those of the libraries have what they need.
    private bool LacksMethod(EntityHandle type, string name)
    {
        if (type.Kind != HandleKind.TypeDefinition)
        {
            return false;
        }

        TypeDefinition definition = _reader.GetTypeDefinition((TypeDefinitionHandle)type);
        return MetadataNames.OfType(_reader, definition.BaseType) == "System.ValueType"
            && !definition.GetMethods().Any(handle => Overrides(_reader.GetMethodDefinition(handle), name));
    }

    private bool Overrides(MethodDefinition method, string name) =>
        (method.Attributes & MethodAttributes.Virtual) != 0
        && (method.Attributes & MethodAttributes.NewSlot) == 0
        && _reader.StringComparer.Equals(method.Name, name);

    private void Add(Rule rule, MethodDefinitionHandle method, int offset, string? subject = null)
    {
        (string File, int Line)? place = null;
        if (!method.IsNil)
        {
            place = _symbols is null ? null : _map.Find(_symbols, method, offset) ?? Near(method);
            subject ??= _reader.GetString(_reader.GetMethodDefinition(method).Name);
        }

        _findings.Add(new Finding(place?.File ?? _file, place?.Line ?? 0, rule, subject ?? string.Empty));
    }

    // Methods without code have no line: say where another method of their class is.
    private (string File, int Line)? Near(MethodDefinitionHandle method)
    {
        TypeDefinition type = _reader.GetTypeDefinition(_reader.GetMethodDefinition(method).GetDeclaringType());
        return type.GetMethods()
            .Select(other => _map.Find(_symbols!, other, 0))
            .FirstOrDefault(static place => place is not null);
    }
}
